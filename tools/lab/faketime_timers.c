/* Preloaded before libfaketime 0.9.10, which takes an absolute timerfd of CLOCK_MONOTONIC for one of
   CLOCK_REALTIME, so that it never fires: the instant is turned into a distance on the bent clock, and the
   kernel told that. cc -shared -fPIC -o faketime_timers.so faketime_timers.c */
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int timerfd_settime(int timer, int flags, const struct itimerspec *asked, struct itimerspec *before) {
    struct itimerspec relative = *asked;
    if ((flags & TFD_TIMER_ABSTIME) && (asked->it_value.tv_sec || asked->it_value.tv_nsec)) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        long long left = (asked->it_value.tv_sec - now.tv_sec) * 1000000000LL
            + asked->it_value.tv_nsec - now.tv_nsec;
        if (left < 1) left = 1; /* zero would disarm */
        relative.it_value.tv_sec = left / 1000000000;
        relative.it_value.tv_nsec = left % 1000000000;
        flags &= ~TFD_TIMER_ABSTIME;
    }
    return syscall(SYS_timerfd_settime, timer, flags, &relative, before);
}
