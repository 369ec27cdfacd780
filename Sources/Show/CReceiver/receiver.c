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

// A connection and how much of it has come.
struct peer {
    int descriptor;
    uint64_t bytes;
};

// Notes the stamp of every event that ends within the bytes from `before` to `peer->bytes`.
static void note(
    const legato_stamps *stamps, const struct peer *peers, const struct peer *peer, uint64_t before,
    int64_t now) {
    int64_t *own = stamps->ns + (size_t)(peer - peers) * stamps->events;
    uint64_t event = before < stamps->head ? 0 : (before - stamps->head) / stamps->event;
    for (; event < stamps->events && stamps->head + (event + 1) * stamps->event <= peer->bytes;
         event++) {
        own[event] = now;
    }
}

static int receive_all(
    int poll, struct peer *peers, uint64_t expected, uint8_t *buffer, const legato_stamps *stamps,
    legato_received *received) {
    struct epoll_event events[events_at_once];
    while (received->bytes < expected) {
        int ready = epoll_wait(poll, events, events_at_once, 60000);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return ready < 0 ? errno : ETIMEDOUT;
        for (int index = 0; index < ready; index++) {
            struct peer *peer = events[index].data.ptr;
            ssize_t count = recv(peer->descriptor, buffer, read_bytes, MSG_DONTWAIT);
            received->last_stamp_ns = reading(CLOCK_MONOTONIC_RAW);
            if (count < 0 && errno != EAGAIN && errno != EINTR) return errno;
            if (count == 0) return ECONNRESET;
            if (count < 0) continue;
            received->bytes += (uint64_t)count;
            peer->bytes += (uint64_t)count;
            if (stamps)
                note(
                    stamps, peers, peer, peer->bytes - (uint64_t)count, received->last_stamp_ns);
            received->reads += 1;
        }
    }
    return 0;
}

static int connect_all(
    int poll, struct peer *peers, uint16_t port, uint32_t connections, legato_piece request) {
    for (uint32_t index = 0; index < connections; index++) {
        int descriptor = loopback_connect(port);
        if (descriptor < 0) return errno;
        peers[index].descriptor = descriptor;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &peers[index]};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) < 0) return errno;
    }
    for (uint32_t index = 0; index < connections; index++) {
        if (send(peers[index].descriptor, request.bytes, request.size, MSG_NOSIGNAL)
            != (ssize_t)request.size) {
            return ECONNRESET;
        }
    }
    return 0;
}

int legato_receive(
    uint16_t port, uint32_t connections, legato_piece request, uint64_t bytes_each,
    const legato_stamps *stamps, legato_received *received) {
    memset(received, 0, sizeof *received);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    struct peer *peers = calloc(connections, sizeof *peers);
    uint8_t *buffer = malloc(read_bytes);
    int failure = poll < 0 || !peers || !buffer ? errno : 0;
    if (peers) {
        for (uint32_t index = 0; index < connections; index++) peers[index].descriptor = -1;
    }
    int64_t begin = reading(CLOCK_THREAD_CPUTIME_ID);
    if (!failure) failure = connect_all(poll, peers, port, connections, request);
    if (!failure) {
        failure = receive_all(poll, peers, connections * bytes_each, buffer, stamps, received);
    }
    received->cpu_ns = reading(CLOCK_THREAD_CPUTIME_ID) - begin;
    for (uint32_t index = 0; peers && index < connections; index++) {
        if (peers[index].descriptor >= 0) close(peers[index].descriptor);
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
    for (uint32_t index = 0; !failure && index < count; index++) {
        int64_t begin = reading(CLOCK_MONOTONIC_RAW);
        if (send(sender, bytes, size, MSG_NOSIGNAL) != (ssize_t)size) failure = ECONNRESET;
        spans[index] = reading(CLOCK_MONOTONIC_RAW) - begin;
        if (!failure && recv(taker, bytes, size, MSG_WAITALL) != (ssize_t)size)
            failure = ECONNRESET;
    }
    if (taker >= 0) close(taker);
    if (sender >= 0) close(sender);
    if (listener >= 0) close(listener);
    free(bytes);
    return failure;
}
