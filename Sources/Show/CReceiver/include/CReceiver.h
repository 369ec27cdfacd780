#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A run of bytes.
typedef struct {
    const uint8_t *_Nonnull bytes;
    size_t size;
} legato_piece;

/// The bytes that a stream source sends to each of its connections: `head`, `event` so many times,
/// `tail`.
typedef struct {
    legato_piece head;
    legato_piece event;
    legato_piece tail;
    uint32_t connections;
    uint32_t events;
    /// From one event of a connection to its next, in ns; 0 sends as fast as it is taken, many
    /// events a write.
    int64_t period_ns;
    /// Whether the connections take turns within a period; else all send at its beginning.
    bool spread;
    /// CLOCK_MONOTONIC_RAW just before the send of each event, for `connections` times `events` of
    /// them, connection after connection; NULL notes nothing. Needs a period.
    int64_t *_Nullable sent_ns;
} legato_script;

/// A thread that serves `legato_script` once, on a port of the loopback.
///
/// A request with the header field `x-request-id: NAME-N` is connection N; without one, the order
/// of connecting counts.
typedef struct legato_source legato_source;

/// Listens and starts the thread, which copies nothing: the script's bytes must live until
/// `legato_source_finish`. NULL with errno set when that fails.
legato_source *_Nullable legato_source_start(
    const legato_script *_Nonnull script, uint16_t *_Nonnull port);

/// Waits until every connection was served and closed by its client, or 60 s of silence passed;
/// returns 0 or the errno of what failed.
int legato_source_finish(legato_source *_Nonnull source);

/// The cost of the least possible receiver.
typedef struct {
    uint64_t bytes;
    uint64_t reads;
    /// CPU time of the calling thread, user and system.
    int64_t cpu_ns;
    /// The last stamp, so that no compiler drops the clock readings.
    int64_t last_stamp_ns;
} legato_received;

/// When the reads came that brought each event, as a program that reads the clock after recv knows
/// it: events of `event` bytes follow `head` bytes on every connection.
typedef struct {
    size_t head;
    size_t event;
    uint32_t events;
    /// CLOCK_MONOTONIC_RAW, connection after connection, in the order of connecting.
    int64_t *_Nonnull ns;
} legato_stamps;

/// The floor: sends `request` on `connections` connections to the loopback's `port`, then reads
/// `bytes_each` from each with epoll and recv, takes a clock reading a read, and throws all away
/// but, where they are wanted, these readings. Returns 0 or an errno.
int legato_receive(
    uint16_t port, uint32_t connections, legato_piece request, uint64_t bytes_each,
    const legato_stamps *_Nullable stamps, legato_received *_Nonnull received);

/// CPU time of the calling thread so far, ns.
void legato_thread_usage(int64_t *_Nonnull user_ns, int64_t *_Nonnull system_ns);

/// Does nothing with what `value` points to, which no optimiser knows.
void legato_keep(const void *_Nonnull value);

/// Times `count` writes of `size` bytes on a loopback connection that is read at once: ns each, in
/// `spans`. The instant at which a byte left lies somewhere within. Returns 0 or an errno.
int legato_time_sends(uint32_t count, size_t size, int64_t *_Nonnull spans);

/// The cost of the least possible exchange of messages: CPU time of both threads.
typedef struct {
    int64_t asking_ns;
    int64_t answering_ns;
} legato_echoed;

/// The floor of clock probes: `trains` of `train` messages of `size` bytes there and back on a
/// loopback connection, each sent on receipt of the one before, with a pause between trains; epoll,
/// recvmsg with the kernel's stamp, a clock reading and a send a message on either side, nothing
/// else. Returns 0 or an errno.
///
/// The clock readings, CLOCK_MONOTONIC_RAW in ns: of exchange i, `asked` has the sending at 2i and
/// the answer's receipt at 2i + 1, `answered` the message's receipt and the answer's sending.
int legato_echo(
    uint32_t trains, uint32_t train, int pause_ms, size_t size, int64_t *_Nonnull asked,
    int64_t *_Nonnull answered, legato_echoed *_Nonnull echoed);

/// Threads that compute without a pause, at the priority that threads have which the caller starts.
typedef struct legato_busy legato_busy;

/// Starts `count` of them, at least 1; NULL with errno set when that fails.
legato_busy *_Nullable legato_busy_start(uint32_t count);

/// The steps that all of them have made so far: what they were given of the processors.
uint64_t legato_busy_work(const legato_busy *_Nonnull busy);

/// Their CPU time so far, ns.
int64_t legato_busy_cpu_ns(const legato_busy *_Nonnull busy);

/// Ends them and waits until they have ended.
void legato_busy_finish(legato_busy *_Nonnull busy);

/// A thread that serves `legato_script` to every request, in steps as continuous batching does: a
/// period brings one event to every answer that is under way, one write each. The script's numbers
/// of connections and events say nothing here.
typedef struct legato_stepper legato_stepper;

/// Listens on a port of the loopback and starts the thread, at the priority that threads have which
/// the caller starts. The script's bytes and `events` must live until `legato_stepper_finish`. A
/// request with the header field `x-request-id: NAME-N` gets `events[N]` events, each other one 1;
/// connections are kept. NULL with errno set when that fails.
legato_stepper *_Nullable legato_stepper_start(
    const legato_script *_Nonnull script, const uint32_t *_Nonnull events, uint32_t requests,
    uint16_t *_Nonnull port);

/// CPU time of the thread so far, ns.
int64_t legato_stepper_cpu_ns(legato_stepper *_Nonnull stepper);

/// Steps that were left out because those before them took too long.
uint64_t legato_stepper_missed(legato_stepper *_Nonnull stepper);

/// Ends the thread and its connections; returns 0 or the errno of what failed. Its clients must
/// have gone, or a send waits for them for up to 60 s.
int legato_stepper_finish(legato_stepper *_Nonnull stepper);
