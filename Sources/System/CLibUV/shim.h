#pragma once
#include <uv.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* uv_loop_configure is variadic, which Swift does not import. */
static inline int legato_loop_measure_idle_time(uv_loop_t *loop) {
    return uv_loop_configure(loop, UV_METRICS_IDLE_TIME);
}

/* Names the calling thread; the kernel keeps 15 bytes. prctl is variadic. */
static inline void legato_name_thread(const char *name) {
    prctl(PR_SET_NAME, name);
}

/* Has the kernel send this process a signal when the thread that started it ends. */
static inline void legato_signal_at_parents_end(int signal) {
    prctl(PR_SET_PDEATHSIG, signal);
}

/* When one read returned, in ns of CLOCK_MONOTONIC_RAW, and the kernel's receive stamp of it,
   CLOCK_REALTIME; seconds 0 where there was none. */
struct legato_receive_stamp {
    int64_t read_ns;
    int64_t seconds;
    int64_t nanoseconds;
};

/* One recvmsg with the socket's SO_TIMESTAMPNS control message: CMSG_* are macros. Returns the byte
   count, 0 at the end of the stream, or a negative errno. */
static inline ssize_t legato_receive_stamped(
    int descriptor, void *bytes, size_t capacity, struct legato_receive_stamp *stamp) {
    union {
        struct cmsghdr align;
        char bytes[256];
    } control;
    struct iovec vector = {.iov_base = bytes, .iov_len = capacity};
    struct msghdr message;
    struct timespec now;
    memset(&message, 0, sizeof message);
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    stamp->seconds = 0;
    stamp->nanoseconds = 0;
    ssize_t count = recvmsg(descriptor, &message, MSG_DONTWAIT);
    int failure = errno;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    stamp->read_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    if (count < 0)
        return -failure;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec at;
            memcpy(&at, CMSG_DATA(header), sizeof at);
            stamp->seconds = at.tv_sec;
            stamp->nanoseconds = at.tv_nsec;
        }
    }
    return count;
}

/* Asks the kernel for receive stamps on `descriptor`; 0 or a negative errno. */
static inline int legato_enable_receive_stamps(int descriptor) {
    int on = 1;
    return setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) == 0 ? 0 : -errno;
}
