import CLibUV
import Glibc

/// How a child ended.
package enum ChildExit: Hashable, Sendable {
    case exited(status: Int32)
    case signalled(Int32)
}

/// Where a child's standard output or error goes.
package enum ChildOutput {
    /// To /dev/null.
    case discarded
    /// Where this process's own goes.
    case inherited
    /// To this closure on the loop, as it comes; all of it before the exit is told.
    case piped((UnsafeRawBufferPointer) -> Void)
}

/// A child process. Close it after its exit was told; killing is the caller's business.
package final class ChildProcess: LoopHandle {
    // Released once told: it usually holds this object.
    private var onExit: ((ChildExit) -> Void)?
    private var pipes: [OutputPipe]

    /// Starts `executable` (a path, or a name looked up in PATH) with standard input from
    /// /dev/null.
    ///
    /// - Parameters:
    ///   - arguments: without the program's own name.
    ///   - environment: "NAME=value" lines; nil inherits this process's.
    ///   - inheritedDescriptors: become 3, 4, ... in the child; nothing else is inherited. They
    ///     stay open here.
    ///   - hasOwnSession: it gets none of the signals of this process's terminal, such as Ctrl-C.
    ///   - onExit: comes once, after all piped output.
    /// - Throws: when the program cannot be started; the error names it.
    package static func spawn(
        loop: EventLoop, executable: String, arguments: [String], environment: [String]? = nil,
        inheritedDescriptors: [Int32] = [], standardOutput: ChildOutput = .inherited,
        standardError: ChildOutput = .inherited, hasOwnSession: Bool = false,
        onExit: @escaping (ChildExit) -> Void
    ) throws(SystemError) -> ChildProcess {
        try ChildProcess(
            loop: loop, executable: executable, arguments: arguments, environment: environment,
            inheritedDescriptors: inheritedDescriptors, outputs: [standardOutput, standardError],
            flags: hasOwnSession ? UV_PROCESS_DETACHED.rawValue : 0, onExit: onExit)
    }

    private init(
        loop: EventLoop, executable: String, arguments: [String], environment: [String]?,
        inheritedDescriptors: [Int32], outputs: [ChildOutput], flags: UInt32,
        onExit: @escaping (ChildExit) -> Void
    ) throws(SystemError) {
        let attempted = "start \(executable)"
        var pipes: [OutputPipe] = []
        var stdio = [uv_stdio_container_t(flags: UV_IGNORE, data: .init())]
        for (index, output) in outputs.enumerated() {
            switch output {
            case .discarded: stdio.append(uv_stdio_container_t(flags: UV_IGNORE, data: .init()))
            case .inherited: stdio.append(Self.inherit(Int32(index + 1)))
            case .piped(let onBytes):
                let pipe = try OutputPipe(loop: loop, onBytes: onBytes)
                pipes.append(pipe)
                stdio.append(pipe.container)
            }
        }
        stdio += inheritedDescriptors.map(Self.inherit)

        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: uv_handle_size(UV_PROCESS), alignment: 16)
        let result = Self.withCStrings([executable] + arguments) { argv in
            Self.withCStrings(environment ?? []) { envp in
                stdio.withUnsafeMutableBufferPointer { stdio in
                    var options = uv_process_options_t()
                    options.file = UnsafePointer(argv[0])
                    options.args = argv
                    options.env = environment == nil ? nil : envp
                    options.stdio = stdio.baseAddress
                    options.stdio_count = CInt(stdio.count)
                    options.flags = flags
                    options.exit_cb = { raw, status, signal in
                        ChildProcess.from(raw!.pointee.data).exited(status, signal)
                    }
                    return uv_spawn(
                        loop.uv, raw.assumingMemoryBound(to: uv_process_t.self), &options)
                }
            }
        }
        guard result == 0 else {
            // The handle is initialised even where the spawn failed, and must be closed.
            uv_close(raw.assumingMemoryBound(to: uv_handle_t.self)) {
                UnsafeMutableRawPointer($0!).deallocate()
            }
            for pipe in pipes { pipe.close() }
            throw SystemError(code: result, attempted: attempted)
        }
        self.onExit = onExit
        self.pipes = pipes
        super.init(adopting: raw, on: loop)
        for pipe in pipes { pipe.start() }
    }

    /// The process id.
    package var pid: Int32 { uv_process_get_pid(raw.assumingMemoryBound(to: uv_process_t.self)) }

    /// Sends a signal; a child that has ended is left alone.
    package func kill(_ signal: Int32) {
        guard !isClosed else { return }
        loop.preconditionCurrent()
        // ESRCH: it ended, and its exit is about to be told.
        uv_process_kill(raw.assumingMemoryBound(to: uv_process_t.self), signal)
    }

    private func exited(_ status: Int64, _ signal: CInt) {
        for pipe in pipes { pipe.drainAndClose() }
        let onExit = onExit
        self.onExit = nil
        onExit?(
            signal != 0 ? .signalled(signal) : .exited(status: Int32(truncatingIfNeeded: status)))
    }

    override func willClose() {
        for pipe in pipes { pipe.close() }
        pipes = []
        onExit = nil
    }

    private static func inherit(_ descriptor: Int32) -> uv_stdio_container_t {
        var container = uv_stdio_container_t()
        container.flags = UV_INHERIT_FD
        container.data.fd = descriptor
        return container
    }

    /// Lends a null-terminated array of C strings.
    private static func withCStrings<Result>(
        _ strings: [String],
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    }
}

/// The reading end of a child's output.
private final class OutputPipe: LoopHandle {
    private var onBytes: ((UnsafeRawBufferPointer) -> Void)?

    init(loop: EventLoop, onBytes: @escaping (UnsafeRawBufferPointer) -> Void) throws(SystemError) {
        self.onBytes = onBytes
        let raw = try Self.allocate(UV_NAMED_PIPE, on: loop, attempted: "make a pipe") {
            uv_pipe_init(loop.uv, $0.assumingMemoryBound(to: uv_pipe_t.self), 0)
        }
        super.init(adopting: raw, on: loop)
    }

    private var stream: UnsafeMutablePointer<uv_stream_t> {
        raw.assumingMemoryBound(to: uv_stream_t.self)
    }

    var container: uv_stdio_container_t {
        var container = uv_stdio_container_t()
        container.flags = uv_stdio_flags(
            UV_CREATE_PIPE.rawValue | UV_WRITABLE_PIPE.rawValue)
        container.data.stream = stream
        return container
    }

    func start() {
        let result = uv_read_start(
            stream,
            { raw, _, buffer in
                let shared = OutputPipe.from(raw!.pointee.data).loop.readBuffer
                buffer!.pointee = uv_buf_init(
                    shared.baseAddress!.assumingMemoryBound(to: CChar.self),
                    UInt32(shared.count))
            },
            { raw, count, buffer in
                let pipe = OutputPipe.from(raw!.pointee.data)
                if count > 0 {
                    pipe.onBytes?(
                        UnsafeRawBufferPointer(start: buffer!.pointee.base, count: count))
                } else if count < 0 {
                    pipe.close()
                }
            })
        precondition(result == 0, "libuv cannot read the pipe that it has made")
    }

    /// Reads what the child wrote before it ended; a grandchild that holds the pipe is not waited
    /// for.
    func drainAndClose() {
        var descriptor: CInt = -1
        if !isClosed, uv_fileno(handle, &descriptor) == 0 {
            while case let count = read(
                descriptor, loop.readBuffer.baseAddress!, loop.readBuffer.count),
                count > 0
            {
                onBytes?(UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count]))
            }
        }
        close()
    }

    override func willClose() { onBytes = nil }
}
