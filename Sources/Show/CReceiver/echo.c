#define _GNU_SOURCE
#include "CReceiver.h"
#include "loopback.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most_bytes = 512 };

static int64_t reading(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// One end of the connection: its descriptor in an epoll of its own, as a loop has it.
struct end {
    int descriptor;
    int poll;
    size_t size;
    uint32_t exchanges;
    int64_t cpu_ns;
    int failure;
    // Two an exchange, in the order in which this end reads them.
    int64_t *readings;
};

static int open_end(struct end *end, int descriptor, size_t size) {
    int on = 1;
    end->descriptor = descriptor;
    end->size = size;
    if (setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0) return errno;
    end->poll = epoll_create1(EPOLL_CLOEXEC);
    if (end->poll < 0) return errno;
    struct epoll_event event = {.events = EPOLLIN};
    return epoll_ctl(end->poll, EPOLL_CTL_ADD, descriptor, &event) < 0 ? errno : 0;
}

static void close_end(struct end *end) {
    if (end->poll >= 0) close(end->poll);
    if (end->descriptor >= 0) close(end->descriptor);
}

// Waits for a message, takes it with its stamp and reads the clock.
static int take(struct end *end, uint8_t *bytes, int64_t *at) {
    char control[256];
    size_t taken = 0;
    while (taken < end->size) {
        struct epoll_event event;
        int ready = epoll_wait(end->poll, &event, 1, 60000);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return ready < 0 ? errno : ETIMEDOUT;
        struct iovec vector = {.iov_base = bytes, .iov_len = most_bytes};
        struct msghdr message = {
            .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control,
            .msg_controllen = sizeof control};
        ssize_t count = recvmsg(end->descriptor, &message, MSG_DONTWAIT);
        *at = reading(CLOCK_MONOTONIC_RAW);
        if (count < 0 && errno != EAGAIN && errno != EINTR) return errno;
        if (count == 0) return ECONNRESET;
        if (count > 0) taken += (size_t)count;
    }
    return 0;
}

static int give(struct end *end, const uint8_t *bytes, int64_t *at) {
    *at = reading(CLOCK_MONOTONIC_RAW);
    ssize_t count = send(end->descriptor, bytes, end->size, MSG_NOSIGNAL);
    return count == (ssize_t)end->size ? 0 : ECONNRESET;
}

static void *answer_all(void *data) {
    struct end *end = data;
    uint8_t bytes[most_bytes] = {0};
    int64_t begin = reading(CLOCK_THREAD_CPUTIME_ID);
    for (uint32_t index = 0; !end->failure && index < end->exchanges; index++) {
        int64_t *readings = end->readings + 2 * index;
        end->failure = take(end, bytes, readings);
        if (!end->failure) end->failure = give(end, bytes, readings + 1);
    }
    end->cpu_ns = reading(CLOCK_THREAD_CPUTIME_ID) - begin;
    return NULL;
}

static void ask_all(struct end *end, uint32_t train, int pause_ms) {
    uint8_t bytes[most_bytes] = {0};
    int64_t begin = reading(CLOCK_THREAD_CPUTIME_ID);
    for (uint32_t index = 0; !end->failure && index < end->exchanges; index++) {
        if (index % train == 0) {
            struct epoll_event event;
            epoll_wait(end->poll, &event, 1, pause_ms);
        }
        int64_t *readings = end->readings + 2 * index;
        end->failure = give(end, bytes, readings);
        if (!end->failure) end->failure = take(end, bytes, readings + 1);
    }
    end->cpu_ns = reading(CLOCK_THREAD_CPUTIME_ID) - begin;
}

int legato_echo(
    uint32_t trains, uint32_t train, int pause_ms, size_t size, int64_t *asked,
    int64_t *answered, legato_echoed *echoed) {
    memset(echoed, 0, sizeof *echoed);
    if (size > most_bytes) return EMSGSIZE;
    uint16_t port = 0;
    struct end asking = {
        .descriptor = -1, .poll = -1, .exchanges = trains * train, .readings = asked};
    struct end answering = asking;
    answering.readings = answered;
    int listener = loopback_listen(1, &port);
    int asker = listener < 0 ? -1 : loopback_connect(port);
    int answerer = asker < 0 ? -1 : accept(listener, NULL, NULL);
    int failure = answerer < 0 ? errno : loopback_tune(answerer);
    if (asker >= 0 && !failure) failure = open_end(&asking, asker, size);
    if (!failure) failure = open_end(&answering, answerer, size);
    pthread_t thread;
    if (!failure) failure = pthread_create(&thread, NULL, answer_all, &answering);
    if (!failure) {
        ask_all(&asking, train, pause_ms);
        // An asker that failed leaves the answerer without a message, and this ends its wait.
        shutdown(asker, SHUT_RDWR);
        pthread_join(thread, NULL);
        failure = asking.failure ? asking.failure : answering.failure;
    }
    echoed->asking_ns = asking.cpu_ns;
    echoed->answering_ns = answering.cpu_ns;
    close_end(&asking);
    close_end(&answering);
    if (listener >= 0) close(listener);
    return failure;
}
