#define _GNU_SOURCE
#include "CReceiver.h"

#include <sys/resource.h>

static int64_t nanoseconds(struct timeval time) {
    return (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
}

void legato_thread_usage(int64_t *user_ns, int64_t *system_ns) {
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    *user_ns = nanoseconds(usage.ru_utime);
    *system_ns = nanoseconds(usage.ru_stime);
}
