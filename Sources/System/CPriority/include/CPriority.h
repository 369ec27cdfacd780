#pragma once
#include <stdbool.h>
#include <stdint.h>

/// Lets the calling thread run before all of normal priority: SCHED_RR at its lowest level, which
/// threads and processes that it starts do not inherit.
///
/// A thread that does not sleep for `guard_us` of CPU time is put back to normal priority at the
/// kernel's signal (RLIMIT_RTTIME, SIGXCPU), wherever in its work it is; one thread of a process is
/// guarded at a time. Returns 0; EPERM where the kernel refuses; ERANGE where the hard limit is too
/// small for a guard to come before it, and nothing is changed then; or another errno.
int legato_become_realtime(int64_t guard_us);

/// Whether this process has what the kernel asks for before it gives real-time priority: the
/// capability CAP_SYS_NICE, or a limit RLIMIT_RTPRIO of 1 or more.
bool legato_may_be_realtime(void);

/// Gives the calling thread the lowest nice value that it may have, below 0, which threads and
/// processes that it starts do not inherit. Returns 0, EPERM where it may have none, or another
/// errno.
int legato_become_nice(void);

/// Puts the calling thread back to normal priority, with the nice value `nice`.
void legato_become_normal(int nice);

/// Whether the guard has put the thread back since it was last given real-time priority.
bool legato_guard_stepped_in(void);
