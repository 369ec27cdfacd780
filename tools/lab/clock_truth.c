/* Logs what a process's CLOCK_MONOTONIC_RAW says against the kernel's own: `agent_ns,coord_ns` lines,
   some a second, until SIGTERM. The first is read through the C library, where a preloaded library may
   bend it, the second by a system call that no library sees. Usage: clock_truth PER_SECOND */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>

static volatile sig_atomic_t stopped;
static void stop(int signal) { (void)signal; stopped = 1; }

static int64_t ns(struct timespec t) { return t.tv_sec * 1000000000LL + t.tv_nsec; }

static long kernel(long number, long first, void *second) {
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(first), "S"(second)
                     : "rcx", "r11", "memory");
    return result;
}

int main(int count, char **arguments) {
    if (count != 2 || atoi(arguments[1]) < 1) {
        fputs("usage: clock_truth PER_SECOND\n", stderr);
        return 64;
    }
    signal(SIGTERM, stop);
    struct timespec pause = {0, 1000000000L / atoi(arguments[1])};
    puts("agent_ns,coord_ns");
    while (!stopped) {
        int64_t best = INT64_MAX, agent = 0, coordinator = 0;
        for (int attempt = 0; attempt < 8; attempt++) {
            struct timespec before, seen, after;
            kernel(SYS_clock_gettime, CLOCK_MONOTONIC_RAW, &before);
            clock_gettime(CLOCK_MONOTONIC_RAW, &seen);
            kernel(SYS_clock_gettime, CLOCK_MONOTONIC_RAW, &after);
            if (ns(after) - ns(before) >= best) continue;
            best = ns(after) - ns(before);
            agent = ns(seen);
            coordinator = ns(before) + best / 2;
        }
        printf("%lld,%lld\n", (long long)agent, (long long)coordinator);
        kernel(SYS_nanosleep, (long)&pause, 0);
    }
    return 0;
}
