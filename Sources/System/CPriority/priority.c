#define _GNU_SOURCE
#include "CPriority.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// Ticks are 1 to 10 ms: a hard limit below this could be met in the same tick as the guard's.
enum { least_guard_us = 50000 };

// The thread that is to be put back; 0 for none. Written before the signal can come, and by it.
static _Atomic pid_t guarded;
static atomic_bool stepped_in;
static struct sigaction before;
static bool is_installed;

// The system call itself, for a signal handler may call nothing else.
static int set_policy(pid_t thread, int policy, int level) {
    struct sched_param param = {.sched_priority = level};
    return syscall(SYS_sched_setscheduler, thread, policy | SCHED_RESET_ON_FORK, &param) == 0
        ? 0 : errno;
}

static void over_limit(int number) {
    int saved = errno;
    pid_t thread = atomic_exchange(&guarded, 0);
    if (thread) {
        if (set_policy(thread, SCHED_OTHER, 0) == 0) atomic_store(&stepped_in, true);
    } else {
        // Not ours: a limit of the process's whole CPU time, with whatever was to happen then.
        sigaction(number, &before, NULL);
        raise(number);
    }
    errno = saved;
}

// The kernel sends SIGXCPU at the soft limit and SIGKILL at the hard one, which stays as it is.
static int guard(int64_t guard_us) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_RTTIME, &limit) != 0) return errno;
    rlim_t wanted = (rlim_t)guard_us;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max / 2 < wanted) wanted = limit.rlim_max / 2;
    if (wanted < least_guard_us) return ERANGE;
    limit.rlim_cur = wanted;
    if (setrlimit(RLIMIT_RTTIME, &limit) != 0) return errno;
    if (!is_installed) {
        struct sigaction action = {.sa_handler = over_limit, .sa_flags = SA_RESTART};
        sigemptyset(&action.sa_mask);
        if (sigaction(SIGXCPU, &action, &before) != 0) return errno;
        is_installed = true;
    }
    // Whoever started the process may have blocked it.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGXCPU);
    return pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

static bool may_be_nice(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
    if (syscall(SYS_capget, &header, data) != 0) return false;
    return (data[CAP_TO_INDEX(CAP_SYS_NICE)].effective & CAP_TO_MASK(CAP_SYS_NICE)) != 0;
}

bool legato_may_be_realtime(void) {
    struct rlimit limit;
    return may_be_nice() || (getrlimit(RLIMIT_RTPRIO, &limit) == 0 && limit.rlim_cur > 0);
}

int legato_become_realtime(int64_t guard_us) {
    int level = sched_get_priority_min(SCHED_RR);
    struct rlimit limit;
    // The hard limit is what is allowed; the soft one is anybody's to raise.
    if (getrlimit(RLIMIT_RTPRIO, &limit) == 0 && limit.rlim_cur < (rlim_t)level
        && limit.rlim_max >= (rlim_t)level) {
        limit.rlim_cur = (rlim_t)level;
        setrlimit(RLIMIT_RTPRIO, &limit);
    }
    int failure = guard(guard_us);
    if (failure) return failure;
    atomic_store(&stepped_in, false);
    atomic_store(&guarded, (pid_t)syscall(SYS_gettid));
    failure = set_policy(0, SCHED_RR, level);
    if (failure) atomic_store(&guarded, 0);
    return failure;
}

int legato_become_nice(void) {
    int lowest = -20;
    if (!may_be_nice()) {
        // RLIMIT_NICE counts from 40, for -20, down to 1, for 19.
        struct rlimit limit;
        if (getrlimit(RLIMIT_NICE, &limit) != 0) return errno;
        rlim_t least = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > 40 ? 40 : limit.rlim_max;
        if (least <= 20) return EPERM;
        if (limit.rlim_cur < least) {
            limit.rlim_cur = least;
            if (setrlimit(RLIMIT_NICE, &limit) != 0) return errno;
        }
        lowest = 20 - (int)least;
    }
    int failure = set_policy(0, SCHED_OTHER, 0);
    if (failure) return failure;
    return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), lowest) == 0 ? 0 : errno;
}

void legato_become_normal(int nice) {
    atomic_store(&guarded, 0);
    set_policy(0, SCHED_OTHER, 0);
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), nice);
}

bool legato_guard_stepped_in(void) { return atomic_load(&stepped_in); }
