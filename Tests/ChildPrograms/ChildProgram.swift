package import Glibc
import Synchronization

/// A program that runs beside the tests, in a process group of its own.
///
/// Foundation's `Process` ends the whole test process where more than `FD_SETSIZE` files are open:
/// its run loop waits with `select`. This one waits for the child and for nothing else.
package final class ChildProgram: Sendable {
    package let arguments: [String]
    package let pid: pid_t
    /// The status as `waitpid` tells it; nil while it runs.
    private let ending = Mutex<Int32?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: A file, which is not looked for.
    ///   - environment: Variables beside those of the tests, or instead of them.
    ///   - input: A descriptor that it reads; without one it reads nothing.
    ///   - output: A descriptor that it writes to; without one nobody reads it.
    ///   - errors: As `output`.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String] = [:],
        input: Int32? = nil, output: Int32? = nil, errors: Int32? = nil
    ) throws {
        self.arguments = arguments
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in [input, output, errors].enumerated() {
            if let descriptor {
                posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
            } else {
                let mode = number == 0 ? O_RDONLY : O_WRONLY
                posix_spawn_file_actions_addopen(&actions, Int32(number), "/dev/null", mode, 0)
            }
        }
        for descriptor in Self.open where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Loops of the tests block signals on their threads: the child is not to inherit that.
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK)
                | Int16(POSIX_SPAWN_SETSIGDEF))
        // Tests that run under nohup ignore it, and would hand that on.
        var hangUp = sigset_t()
        sigemptyset(&hangUp)
        sigaddset(&hangUp, SIGHUP)
        posix_spawnattr_setsigdefault(&attributes, &hangUp)
        var pid: pid_t = 0
        let code = Self.withStrings([path] + arguments) { words in
            Self.withStrings(Self.variables(with: environment)) { variables in
                posix_spawn(&pid, path, &actions, &attributes, words, variables)
            }
        }
        guard code == 0 else { throw Failure(path: path, code: code) }
        self.pid = pid
    }

    /// A program that could not be started.
    package struct Failure: Error, CustomStringConvertible {
        package var path: String
        package var code: Int32
        package var description: String { "\(path): \(String(cString: strerror(code)))" }
    }

    package var isRunning: Bool { look(WNOHANG) == nil }

    /// Waits for its end.
    ///
    /// - Returns: Its status, or the number of the signal that ended it.
    @discardableResult
    package func wait() -> Int32 {
        var told = look(WNOHANG)
        while told == nil {
            usleep(2_000)
            told = look(WNOHANG)
        }
        guard let told else { return -1 }
        return told & 0x7f == 0 ? (told >> 8) & 0xff : told & 0x7f
    }

    private func look(_ options: Int32) -> Int32? {
        ending.withLock { ending in
            if ending != nil { return ending }
            var told: Int32 = 0
            if waitpid(pid, &told, options) == pid { ending = told }
            return ending
        }
    }

    /// The descriptors of this process, of which one that is closed meanwhile does no harm.
    private static var open: [Int32] {
        guard let folder = opendir("/proc/self/fd") else { return [] }
        defer { closedir(folder) }
        var found: [Int32] = []
        while let entry = readdir(folder) {
            let number = withUnsafeBytes(of: &entry.pointee.d_name) { name in
                Int32(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
            }
            if let number { found.append(number) }
        }
        return found
    }

    private static func variables(with own: [String: String]) -> [String] {
        var variables: [String] = []
        var next = environ
        while let variable = next.pointee {
            let text = String(cString: variable)
            let name = text.prefix { $0 != "=" }
            if own[String(name)] == nil { variables.append(text) }
            next += 1
        }
        return variables + own.map { "\($0.key)=\($0.value)" }
    }

    private static func withStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return body(copies)
    }
}

extension ChildProgram {
    /// Whether a program ends well; false where it cannot be started.
    package static func works(_ path: String, _ arguments: String...) -> Bool {
        (try? ChildProgram(path, arguments))?.wait() == 0
    }

    /// Runs a program to its end.
    ///
    /// - Returns: Its status, and all that it wrote, to both outputs.
    package static func run(
        _ path: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (status: Int32, words: String) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(path: path, code: errno) }
        defer { close(ends[0]) }
        let child: ChildProgram
        do {
            child = try ChildProgram(
                path, arguments, environment: environment, output: ends[1], errors: ends[1])
            close(ends[1])
        } catch {
            close(ends[1])
            throw error
        }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(ends[0], &part, part.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            bytes += part[..<count]
        }
        return (child.wait(), String(decoding: bytes, as: UTF8.self))
    }
}
