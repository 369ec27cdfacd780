#define _GNU_SOURCE
#include "CReceiver.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { chunk = 2000 };

struct busy_thread {
    pthread_t thread;
    struct legato_busy *all;
    // Counted by its thread alone; a line of the cache each.
    _Alignas(64) _Atomic uint64_t chunks;
};

struct legato_busy {
    uint32_t count;
    atomic_bool is_over;
    struct busy_thread *threads;
};

static void *work(void *argument) {
    struct busy_thread *own = argument;
    uint64_t state = (uint64_t)(uintptr_t)own;
    while (!atomic_load_explicit(&own->all->is_over, memory_order_relaxed)) {
        for (int step = 0; step < chunk; step++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
        }
        legato_keep(&state);
        atomic_fetch_add_explicit(&own->chunks, 1, memory_order_relaxed);
    }
    return NULL;
}

legato_busy *legato_busy_start(uint32_t count) {
    struct legato_busy *busy = calloc(1, sizeof *busy);
    struct busy_thread *threads =
        aligned_alloc(_Alignof(struct busy_thread), count * sizeof *threads);
    if (!busy || !threads) {
        free(busy);
        free(threads);
        return NULL;
    }
    busy->threads = threads;
    for (busy->count = 0; busy->count < count; busy->count++) {
        struct busy_thread *thread = &threads[busy->count];
        thread->all = busy;
        atomic_store(&thread->chunks, 0);
        int failure = pthread_create(&thread->thread, NULL, work, thread);
        if (failure) {
            legato_busy_finish(busy);
            errno = failure;
            return NULL;
        }
    }
    return busy;
}

uint64_t legato_busy_work(const legato_busy *busy) {
    uint64_t sum = 0;
    for (uint32_t index = 0; index < busy->count; index++) {
        sum += atomic_load_explicit(&busy->threads[index].chunks, memory_order_relaxed);
    }
    return sum * chunk;
}

int64_t legato_busy_cpu_ns(const legato_busy *busy) {
    int64_t sum = 0;
    for (uint32_t index = 0; index < busy->count; index++) {
        clockid_t clock;
        struct timespec used;
        if (pthread_getcpuclockid(busy->threads[index].thread, &clock) != 0) continue;
        if (clock_gettime(clock, &used) != 0) continue;
        sum += (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
    }
    return sum;
}

void legato_busy_finish(legato_busy *busy) {
    atomic_store(&busy->is_over, true);
    for (uint32_t index = 0; index < busy->count; index++) {
        pthread_join(busy->threads[index].thread, NULL);
    }
    free(busy->threads);
    free(busy);
}
