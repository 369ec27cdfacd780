#define _GNU_SOURCE
#include "CReceiver.h"
#include "loopback.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// Written by one thread, then read by another after it was joined.
struct legato_source {
    legato_script script;
    int listener;
    pthread_t thread;
    int *peers;
    uint8_t *bulk;
    int failure;
};

enum { bulk_bytes = 64 << 10 };

static int send_all(int peer, const uint8_t *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = send(peer, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return errno;
        bytes += sent;
        size -= (size_t)sent;
    }
    return 0;
}

static int send_piece(int peer, legato_piece piece) {
    return send_all(peer, piece.bytes, piece.size);
}

// One write an event; all connections in step.
static int serve_paced(struct legato_source *source) {
    const legato_script *script = &source->script;
    struct timespec due;
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (uint32_t event = 0; event < script->events; event++) {
        int64_t ns = due.tv_nsec + script->period_ns;
        due.tv_sec += ns / 1000000000;
        due.tv_nsec = ns % 1000000000;
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR) {
        }
        for (uint32_t place = 0; place < script->connections; place++) {
            int failure = send_piece(source->peers[place], script->event);
            if (failure) return failure;
        }
    }
    return 0;
}

// As many whole events a write as a piece holds, connection after connection.
static int serve_bulk(struct legato_source *source) {
    const legato_script *script = &source->script;
    uint32_t batch = (uint32_t)(bulk_bytes / script->event.size);
    for (uint32_t copy = 0; copy < batch; copy++) {
        memcpy(
            source->bulk + copy * script->event.size, script->event.bytes, script->event.size);
    }
    for (uint32_t left = script->events; left > 0;) {
        uint32_t now = left < batch ? left : batch;
        for (uint32_t place = 0; place < script->connections; place++) {
            int failure =
                send_all(source->peers[place], source->bulk, now * script->event.size);
            if (failure) return failure;
        }
        left -= now;
    }
    return 0;
}

// A request is in once its first bytes are: clients here send theirs in one write.
static int take_requests(struct legato_source *source) {
    uint8_t scratch[4096];
    for (uint32_t place = 0; place < source->script.connections; place++) {
        source->peers[place] = accept(source->listener, NULL, NULL);
        if (source->peers[place] < 0) return errno;
        int failure = loopback_tune(source->peers[place]);
        if (failure) return failure;
    }
    for (uint32_t place = 0; place < source->script.connections; place++) {
        if (recv(source->peers[place], scratch, sizeof scratch, 0) <= 0) return ECONNRESET;
        int failure = send_piece(source->peers[place], source->script.head);
        if (failure) return failure;
    }
    return 0;
}

static void *serve(void *argument) {
    struct legato_source *source = argument;
    uint32_t connections = source->script.connections;
    int failure = take_requests(source);
    if (!failure) failure = source->script.period_ns ? serve_paced(source) : serve_bulk(source);
    uint8_t scratch[4096];
    for (uint32_t place = 0; !failure && place < connections; place++) {
        failure = send_piece(source->peers[place], source->script.tail);
    }
    // The client closes first, so that it never sees an end that it did not make.
    for (uint32_t place = 0; place < connections; place++) {
        if (source->peers[place] < 0) continue;
        while (!failure && recv(source->peers[place], scratch, sizeof scratch, 0) > 0) {
        }
        close(source->peers[place]);
    }
    source->failure = failure;
    return NULL;
}

static void dispose(struct legato_source *source) {
    if (source->listener >= 0) close(source->listener);
    free(source->peers);
    free(source->bulk);
    free(source);
}

legato_source *legato_source_start(const legato_script *script, uint16_t *port) {
    struct legato_source *source = calloc(1, sizeof *source);
    if (!source) return NULL;
    source->script = *script;
    source->listener = loopback_listen((int)script->connections, port);
    source->peers = calloc(script->connections, sizeof *source->peers);
    source->bulk = malloc(bulk_bytes);
    int failure = errno;
    if (source->listener >= 0 && source->peers && source->bulk) {
        for (uint32_t place = 0; place < script->connections; place++) source->peers[place] = -1;
        failure = pthread_create(&source->thread, NULL, serve, source);
        if (!failure) return source;
    }
    dispose(source);
    errno = failure;
    return NULL;
}

int legato_source_finish(legato_source *source) {
    pthread_join(source->thread, NULL);
    int failure = source->failure;
    dispose(source);
    return failure;
}
