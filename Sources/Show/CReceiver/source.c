#define _GNU_SOURCE
#include "CReceiver.h"
#include "loopback.h"
#include "request.h"

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
    // In the order of accepting, and by ordinal.
    int *accepted;
    int *peers;
    uint8_t *bulk;
    int failure;
};

enum { bulk_bytes = 64 << 10 };

static void sleep_until(struct timespec start, int64_t after_ns) {
    int64_t ns = start.tv_nsec + after_ns;
    struct timespec due = {.tv_sec = start.tv_sec + ns / 1000000000, .tv_nsec = ns % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR) {
    }
}

static int64_t raw_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// One write an event, connection after connection: at once, or spread over the period.
static int serve_paced(struct legato_source *source) {
    const legato_script *script = &source->script;
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (uint32_t event = 0; event < script->events; event++) {
        int64_t due = (event + 1) * script->period_ns;
        if (!script->spread) sleep_until(start, due);
        for (uint32_t index = 0; index < script->connections; index++) {
            if (script->spread)
                sleep_until(start, due + index * script->period_ns / script->connections);
            if (script->sent_ns)
                script->sent_ns[(size_t)index * script->events + event] = raw_ns();
            int failure = loopback_send_piece(source->peers[index], script->event);
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
        for (uint32_t index = 0; index < script->connections; index++) {
            int failure =
                loopback_send(source->peers[index], source->bulk, now * script->event.size);
            if (failure) return failure;
        }
        left -= now;
    }
    return 0;
}

// A request is in once its first bytes are: clients here send theirs in one write.
static int take_requests(struct legato_source *source) {
    uint32_t connections = source->script.connections;
    char request[4096];
    for (uint32_t index = 0; index < connections; index++) {
        source->accepted[index] = accept(source->listener, NULL, NULL);
        if (source->accepted[index] < 0) return errno;
        int failure = loopback_tune(source->accepted[index]);
        if (failure) return failure;
    }
    for (uint32_t index = 0; index < connections; index++) {
        ssize_t size = recv(source->accepted[index], request, sizeof request - 1, 0);
        if (size <= 0) return ECONNRESET;
        request[size] = 0;
        uint32_t ordinal = request_ordinal(request, index);
        if (ordinal >= connections || source->peers[ordinal] >= 0) return EPROTO;
        source->peers[ordinal] = source->accepted[index];
        int failure = loopback_send_piece(source->peers[ordinal], source->script.head);
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
    for (uint32_t index = 0; !failure && index < connections; index++) {
        failure = loopback_send_piece(source->peers[index], source->script.tail);
    }
    // The client closes first, so that it never sees an end that it did not make.
    for (uint32_t index = 0; index < connections; index++) {
        if (source->accepted[index] < 0) continue;
        while (!failure && recv(source->accepted[index], scratch, sizeof scratch, 0) > 0) {
        }
        close(source->accepted[index]);
    }
    source->failure = failure;
    return NULL;
}

static void dispose(struct legato_source *source) {
    if (source->listener >= 0) close(source->listener);
    free(source->accepted);
    free(source->peers);
    free(source->bulk);
    free(source);
}

legato_source *legato_source_start(const legato_script *script, uint16_t *port) {
    struct legato_source *source = calloc(1, sizeof *source);
    if (!source) return NULL;
    source->script = *script;
    source->listener = loopback_listen((int)script->connections, port);
    source->accepted = calloc(script->connections, sizeof *source->accepted);
    source->peers = calloc(script->connections, sizeof *source->peers);
    source->bulk = malloc(bulk_bytes);
    int failure = errno;
    if (source->listener >= 0 && source->accepted && source->peers && source->bulk) {
        for (uint32_t index = 0; index < script->connections; index++) {
            source->accepted[index] = source->peers[index] = -1;
        }
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
