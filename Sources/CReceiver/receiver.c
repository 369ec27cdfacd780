#define _GNU_SOURCE
#include "CReceiver.h"
#include "loopback.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { read_bytes = 64 << 10, events_at_once = 64 };

static int64_t reading(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int receive_all(
    int poll, uint64_t expected, uint8_t *buffer, legato_received *received) {
    struct epoll_event events[events_at_once];
    while (received->bytes < expected) {
        int ready = epoll_wait(poll, events, events_at_once, 60000);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return ready < 0 ? errno : ETIMEDOUT;
        for (int place = 0; place < ready; place++) {
            ssize_t count = recv(events[place].data.fd, buffer, read_bytes, MSG_DONTWAIT);
            received->last_stamp_ns = reading(CLOCK_MONOTONIC_RAW);
            if (count < 0 && errno != EAGAIN && errno != EINTR) return errno;
            if (count == 0) return ECONNRESET;
            if (count < 0) continue;
            received->bytes += (uint64_t)count;
            received->reads += 1;
        }
    }
    return 0;
}

static int connect_all(
    int poll, int *peers, uint16_t port, uint32_t connections, legato_piece request) {
    for (uint32_t place = 0; place < connections; place++) {
        peers[place] = loopback_connect(port);
        if (peers[place] < 0) return errno;
        struct epoll_event event = {.events = EPOLLIN, .data.fd = peers[place]};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, peers[place], &event) < 0) return errno;
    }
    for (uint32_t place = 0; place < connections; place++) {
        if (send(peers[place], request.bytes, request.size, MSG_NOSIGNAL)
            != (ssize_t)request.size) {
            return ECONNRESET;
        }
    }
    return 0;
}

int legato_receive(
    uint16_t port, uint32_t connections, legato_piece request, uint64_t bytes_each,
    legato_received *received) {
    memset(received, 0, sizeof *received);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    int *peers = calloc(connections, sizeof *peers);
    uint8_t *buffer = malloc(read_bytes);
    int failure = poll < 0 || !peers || !buffer ? errno : 0;
    if (peers) {
        for (uint32_t place = 0; place < connections; place++) peers[place] = -1;
    }
    int64_t begin = reading(CLOCK_THREAD_CPUTIME_ID);
    if (!failure) failure = connect_all(poll, peers, port, connections, request);
    if (!failure) failure = receive_all(poll, connections * bytes_each, buffer, received);
    received->cpu_ns = reading(CLOCK_THREAD_CPUTIME_ID) - begin;
    for (uint32_t place = 0; peers && place < connections; place++) {
        if (peers[place] >= 0) close(peers[place]);
    }
    free(peers);
    free(buffer);
    if (poll >= 0) close(poll);
    return failure;
}

int legato_time_sends(uint32_t count, size_t size, int64_t *spans) {
    uint16_t port = 0;
    uint8_t *bytes = calloc(1, size);
    int listener = loopback_listen(1, &port);
    int sender = listener < 0 ? -1 : loopback_connect(port);
    int taker = sender < 0 ? -1 : accept(listener, NULL, NULL);
    int failure = !bytes || taker < 0 ? errno : 0;
    for (uint32_t place = 0; !failure && place < count; place++) {
        int64_t begin = reading(CLOCK_MONOTONIC_RAW);
        if (send(sender, bytes, size, MSG_NOSIGNAL) != (ssize_t)size) failure = ECONNRESET;
        spans[place] = reading(CLOCK_MONOTONIC_RAW) - begin;
        if (!failure && recv(taker, bytes, size, MSG_WAITALL) != (ssize_t)size)
            failure = ECONNRESET;
    }
    if (taker >= 0) close(taker);
    if (sender >= 0) close(sender);
    if (listener >= 0) close(listener);
    free(bytes);
    return failure;
}
