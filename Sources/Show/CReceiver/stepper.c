#define _GNU_SOURCE
#include "CReceiver.h"
#include "loopback.h"
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { head_bytes = 2048, backlog = 4096, events_at_once = 256 };

// One connection: it reads a request, or streams its answer.
typedef struct peer {
    int descriptor;
    // Bytes of a head so far, and of a body still to come.
    uint32_t filled;
    uint64_t body_left;
    bool streams;
    // Events still to be sent, while it streams.
    uint32_t events_left;
    // Its place among those that stream.
    uint32_t position;
    struct peer *next;
    struct peer *previous;
    char head[head_bytes];
} peer;

// The thread's own but `stop`, `missed` and `failure`.
struct legato_stepper {
    legato_script script;
    const uint32_t *events;
    uint32_t requests;
    int listener;
    int epoll;
    int timer;
    int stop;
    pthread_t thread;
    peer *all;
    peer **streaming;
    uint32_t streams;
    uint32_t capacity;
    atomic_uint_fast64_t missed;
    atomic_int failure;
};

static void end_stream(legato_stepper *stepper, peer *ended) {
    peer *last = stepper->streaming[--stepper->streams];
    stepper->streaming[ended->position] = last;
    last->position = ended->position;
    ended->streams = false;
}

static void forget(legato_stepper *stepper, peer *gone) {
    if (gone->streams) end_stream(stepper, gone);
    if (gone->previous) gone->previous->next = gone->next;
    else stepper->all = gone->next;
    if (gone->next) gone->next->previous = gone->previous;
    close(gone->descriptor);
    free(gone);
}

static int watch(legato_stepper *stepper, int descriptor, void *pointer) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = pointer};
    return epoll_ctl(stepper->epoll, EPOLL_CTL_ADD, descriptor, &event) < 0 ? errno : 0;
}

static int accept_all(legato_stepper *stepper) {
    for (;;) {
        int descriptor = accept4(stepper->listener, NULL, NULL, SOCK_CLOEXEC);
        if (descriptor < 0)
            return errno == EAGAIN || errno == ECONNABORTED || errno == EINTR ? 0 : errno;
        peer *fresh = calloc(1, sizeof *fresh);
        if (!fresh) {
            close(descriptor);
            return ENOMEM;
        }
        fresh->descriptor = descriptor;
        fresh->next = stepper->all;
        if (stepper->all) stepper->all->previous = fresh;
        stepper->all = fresh;
        int failure = loopback_tune(descriptor);
        if (!failure) failure = watch(stepper, descriptor, fresh);
        if (failure) return failure;
    }
}

// The request is whole: its answer begins, and goes on with the steps.
static int begin_stream(legato_stepper *stepper, peer *asking) {
    if (stepper->streams == stepper->capacity) {
        uint32_t capacity = stepper->capacity ? stepper->capacity * 2 : 256;
        peer **grown = realloc(stepper->streaming, capacity * sizeof *grown);
        if (!grown) return ENOMEM;
        stepper->streaming = grown;
        stepper->capacity = capacity;
    }
    uint32_t ordinal = request_ordinal(asking->head, stepper->requests);
    asking->events_left = ordinal < stepper->requests ? stepper->events[ordinal] : 1;
    asking->filled = 0;
    asking->streams = true;
    asking->position = stepper->streams;
    stepper->streaming[stepper->streams++] = asking;
    if (loopback_send_piece(asking->descriptor, stepper->script.head)) forget(stepper, asking);
    return 0;
}

// Takes what has come; clients send no second request before the answer has ended.
static int receive(legato_stepper *stepper, peer *asking) {
    char scratch[65536];
    if (asking->streams || asking->body_left > 0) {
        ssize_t size = recv(asking->descriptor, scratch, sizeof scratch, MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
        if (size <= 0 || asking->streams) {
            forget(stepper, asking);
            return 0;
        }
        asking->body_left -= (uint64_t)size < asking->body_left ? (uint64_t)size
                                                                 : asking->body_left;
        return asking->body_left ? 0 : begin_stream(stepper, asking);
    }
    ssize_t size = recv(
        asking->descriptor, asking->head + asking->filled, head_bytes - 1 - asking->filled,
        MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (size <= 0) {
        forget(stepper, asking);
        return 0;
    }
    asking->filled += (uint32_t)size;
    asking->head[asking->filled] = 0;
    char *end = strstr(asking->head, "\r\n\r\n");
    if (!end) {
        if (asking->filled == head_bytes - 1) forget(stepper, asking);
        return 0;
    }
    uint64_t here = asking->filled - (uint64_t)(end + 4 - asking->head);
    end[2] = 0;
    uint64_t body = request_length(asking->head);
    asking->body_left = body > here ? body - here : 0;
    return asking->body_left ? 0 : begin_stream(stepper, asking);
}

// One write an event, stream after stream, as continuous batching sends them.
static void step(legato_stepper *stepper) {
    uint64_t expirations = 0;
    if (read(stepper->timer, &expirations, sizeof expirations) != sizeof expirations) return;
    if (expirations > 1) atomic_fetch_add(&stepper->missed, expirations - 1);
    for (uint32_t index = stepper->streams; index-- > 0;) {
        peer *one = stepper->streaming[index];
        int failure = loopback_send_piece(one->descriptor, stepper->script.event);
        if (!failure && --one->events_left == 0) {
            failure = loopback_send_piece(one->descriptor, stepper->script.tail);
            if (!failure) end_stream(stepper, one);
        }
        if (failure) forget(stepper, one);
    }
}

static void *serve(void *argument) {
    legato_stepper *stepper = argument;
    struct epoll_event events[events_at_once];
    for (int failure = 0; !failure;) {
        int count = epoll_wait(stepper->epoll, events, events_at_once, -1);
        if (count < 0 && errno != EINTR) failure = errno;
        bool is_due = false;
        for (int index = 0; index < count && !failure; index++) {
            void *source = events[index].data.ptr;
            if (source == &stepper->stop) return NULL;
            if (source == &stepper->timer) is_due = true;
            else if (source == &stepper->listener) failure = accept_all(stepper);
            else failure = receive(stepper, source);
        }
        // Last, since a step may forget peers whose events were still to be looked at.
        if (is_due && !failure) step(stepper);
        if (failure) atomic_store(&stepper->failure, failure);
    }
    return NULL;
}

static void dispose(legato_stepper *stepper) {
    while (stepper->all) forget(stepper, stepper->all);
    int descriptors[] = {stepper->listener, stepper->epoll, stepper->timer, stepper->stop};
    for (int index = 0; index < 4; index++) {
        if (descriptors[index] >= 0) close(descriptors[index]);
    }
    free(stepper->streaming);
    free(stepper);
}

static int prepare(legato_stepper *stepper, uint16_t *port) {
    stepper->listener = loopback_listen(backlog, port);
    stepper->epoll = epoll_create1(EPOLL_CLOEXEC);
    stepper->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    stepper->stop = eventfd(0, EFD_CLOEXEC);
    if (stepper->listener < 0 || stepper->epoll < 0 || stepper->timer < 0 || stepper->stop < 0)
        return errno;
    if (fcntl(stepper->listener, F_SETFL, O_NONBLOCK) < 0) return errno;
    struct timespec period = {
        .tv_sec = stepper->script.period_ns / 1000000000,
        .tv_nsec = stepper->script.period_ns % 1000000000};
    struct itimerspec steps = {.it_interval = period, .it_value = period};
    if (timerfd_settime(stepper->timer, 0, &steps, NULL) < 0) return errno;
    int failure = watch(stepper, stepper->listener, &stepper->listener);
    if (!failure) failure = watch(stepper, stepper->timer, &stepper->timer);
    if (!failure) failure = watch(stepper, stepper->stop, &stepper->stop);
    return failure;
}

legato_stepper *legato_stepper_start(
    const legato_script *script, const uint32_t *events, uint32_t requests, uint16_t *port) {
    legato_stepper *stepper = calloc(1, sizeof *stepper);
    if (!stepper) return NULL;
    stepper->script = *script;
    stepper->events = events;
    stepper->requests = requests;
    stepper->listener = stepper->epoll = stepper->timer = stepper->stop = -1;
    int failure = prepare(stepper, port);
    if (!failure) failure = pthread_create(&stepper->thread, NULL, serve, stepper);
    if (!failure) return stepper;
    dispose(stepper);
    errno = failure;
    return NULL;
}

int64_t legato_stepper_cpu_ns(legato_stepper *stepper) {
    clockid_t clock;
    struct timespec used;
    if (pthread_getcpuclockid(stepper->thread, &clock) || clock_gettime(clock, &used)) return 0;
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

uint64_t legato_stepper_missed(legato_stepper *stepper) {
    return atomic_load(&stepper->missed);
}

int legato_stepper_finish(legato_stepper *stepper) {
    uint64_t one = 1;
    while (write(stepper->stop, &one, sizeof one) < 0 && errno == EINTR) {
    }
    pthread_join(stepper->thread, NULL);
    int failure = atomic_load(&stepper->failure);
    dispose(stepper);
    return failure;
}
