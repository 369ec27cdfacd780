package import TimeBase

/// The next step of an agent's spool; steps are performed in the order given.
package enum SpoolAction: Hashable, Sendable {
    /// Write the batch just made, under this number.
    case append(number: UInt64)
    /// Make everything written so far durable, then report ``SpoolLedger/synced(through:)`` with
    /// this number.
    case sync(through: UInt64)
    /// Read these batches and send them in order, while ``SpoolLedger/session`` is what it is now.
    case send(ClosedRange<UInt64>)
    /// Batches up to and with this one are not needed any more.
    case free(through: UInt64)
    /// End the run on this agent, with this reason: nothing further will be durable.
    case stop(reason: String)
    /// Close the session: the coordinator broke the protocol.
    case disconnect(reason: String)
}

/// The agent's book of its batches: which are written, durable, sent and acknowledged.
///
/// A batch is sent only once it is durable: otherwise an agent that loses its power could come
/// back and use the number a second time for other records, which the coordinator would take for
/// a repetition. Bounded by the spool's limit, after which it stops with a reason.
package struct SpoolLedger: ~Copyable {
    /// The spool's bounds.
    package struct Limits: Hashable, Sendable {
        /// Most bytes not acknowledged.
        package var spoolBytes: Int
        /// Most bytes sent and not acknowledged.
        package var windowBytes: Int
        /// Longest time between a write and the start of its sync.
        package var syncInterval: TimeSpan

        package init(
            spoolBytes: Int = 1 << 30, windowBytes: Int = 8 << 20,
            syncInterval: TimeSpan = .milliseconds(250)
        ) {
            self.spoolBytes = spoolBytes
            self.windowBytes = windowBytes
            self.syncInterval = syncInterval
        }
    }

    private enum State {
        /// Leaves when the spool is full or storage fails.
        case open
        /// Never left; what is durable is still sent and acknowledged.
        case stopped
    }

    private var state = State.open
    private let limits: Limits
    /// Bytes of each batch not acknowledged, the one after `acknowledged` first.
    private var sizes: [Int]
    private var heldBytes = 0
    private var windowBytes = 0
    private var acknowledged: UInt64
    private var sent: UInt64
    private var durable: UInt64
    private var syncing: UInt64?
    private var syncDue: LocalInstant?
    private var isConnected = false
    /// The number of the session that is up, or of the next one: a batch that was read for an older
    /// one is not sent on a newer.
    package private(set) var session = 0

    /// A book that begins after batch `acknowledged`.
    ///
    /// - Parameter recovered: the sizes in bytes of the durable batches that follow it, as the
    ///   spool's scan found them.
    package init(acknowledged: UInt64 = 0, recovered: [Int] = [], limits: Limits = Limits()) {
        self.limits = limits
        self.acknowledged = acknowledged
        sizes = recovered
        heldBytes = recovered.reduce(0, +)
        sent = acknowledged
        durable = acknowledged + UInt64(recovered.count)
    }

    /// The number of the last batch made.
    package var lastNumber: UInt64 { acknowledged + UInt64(sizes.count) }
    /// Bytes not acknowledged.
    package var spoolByteCount: Int { heldBytes }
    /// Whether every batch made is acknowledged.
    package var isDrained: Bool { sizes.isEmpty }
    /// When ``timePassed(now:)`` is due at the latest; nil when nothing waits for a sync.
    package var deadline: LocalInstant? { syncing == nil ? syncDue : nil }

    /// A batch of `byteCount` bytes was made.
    package mutating func batchMade(byteCount: Int, now: LocalInstant) -> [SpoolAction] {
        guard case .open = state else { return [] }
        guard heldBytes + byteCount <= limits.spoolBytes else {
            state = .stopped
            return [
                .stop(
                    reason: "the spool holds \(heldBytes) bytes that the coordinator has not "
                        + "acknowledged, and its limit is \(limits.spoolBytes): raise "
                        + "--spool-limit or mend the link")
            ]
        }
        sizes.append(byteCount)
        heldBytes += byteCount
        if syncDue == nil { syncDue = now + limits.syncInterval }
        return [.append(number: lastNumber)]
    }

    /// Time has passed; call it at ``deadline`` or later.
    package mutating func timePassed(now: LocalInstant) -> [SpoolAction] {
        guard let due = syncDue, due <= now else { return [] }
        return flushRequested()
    }

    /// Nothing further will be made for a while (the run's end): sync what is written now.
    package mutating func flushRequested() -> [SpoolAction] {
        guard case .open = state, syncing == nil, durable < lastNumber else { return [] }
        syncing = lastNumber
        syncDue = nil
        return [.sync(through: lastNumber)]
    }

    /// The sync that was asked for has made every batch up to `through` durable.
    package mutating func synced(through: UInt64) -> [SpoolAction] {
        // A sync may end well after a read or a write has failed: what it covers is not counted on.
        if case .stopped = state, syncing == nil { return [] }
        precondition(through == syncing, "storage reports the sync that was asked for")
        syncing = nil
        durable = max(durable, through)
        return sendMore()
    }

    /// A write or a sync has failed, in the system's `words`.
    package mutating func storageFailed(_ words: String) -> [SpoolAction] {
        guard case .open = state else { return [] }
        state = .stopped
        syncing = nil
        syncDue = nil
        // Batches that were not durable when storage failed have no promise on them and are never
        // sent.
        while lastNumber > durable { heldBytes -= sizes.removeLast() }
        return [.stop(reason: words)]
    }

    /// A session is up, and the coordinator has everything up to `through`.
    package mutating func sessionOpened(acknowledgedThrough through: UInt64) -> [SpoolAction] {
        isConnected = true
        sent = acknowledged
        windowBytes = 0
        guard through <= durable else {
            isConnected = false
            return [
                .disconnect(
                    reason: "the coordinator says that it has batch \(through), and this spool "
                        + "ends at \(durable): it is not the spool of this run's agent")
            ]
        }
        let freed = free(through: through)
        return freed + sendMore()
    }

    /// The session has ended, for whatever reason.
    package mutating func sessionClosed() {
        isConnected = false
        session += 1
    }

    /// The coordinator has everything up to `through` on its disk.
    package mutating func acknowledged(through: UInt64) -> [SpoolAction] {
        guard isConnected else { return [] }
        guard through <= sent else {
            isConnected = false
            return [
                .disconnect(
                    reason: "the coordinator acknowledged batch \(through), and only \(sent) "
                        + "were sent")
            ]
        }
        return free(through: through) + sendMore()
    }

    private mutating func free(through: UInt64) -> [SpoolAction] {
        guard through > acknowledged else { return [] }
        let count = Int(through - acknowledged)
        let bytes = sizes.prefix(count).reduce(0, +)
        windowBytes -= sizes.prefix(min(count, Int(sent - acknowledged))).reduce(0, +)
        sizes.removeFirst(count)
        heldBytes -= bytes
        acknowledged = through
        sent = max(sent, through)
        return [.free(through: through)]
    }

    private mutating func sendMore() -> [SpoolAction] {
        guard isConnected, sent < durable else { return [] }
        let first = sent + 1
        while sent < durable {
            let size = sizes[Int(sent - acknowledged)]
            // The first batch goes out whatever its size, or a large one would never go.
            if windowBytes > 0 && windowBytes + size > limits.windowBytes { break }
            windowBytes += size
            sent += 1
        }
        return sent >= first ? [.send(first...sent)] : []
    }
}
