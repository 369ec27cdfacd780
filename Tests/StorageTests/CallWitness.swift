import ChildPrograms
import Foundation
import Scratch

/// The calls of a helper process that reach its files, in their order: a library that is loaded
/// before the system's, compiled on the spot, notes each and hands it on.
struct CallWitness {
    /// Whether calls can be witnessed here: there is a C compiler.
    static let isPossible = compiler != nil

    private static let compiler = ["/usr/bin/cc", "/usr/local/bin/cc"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private let scratch = ScratchFolder()
    private let library: String

    init() throws {
        library = scratch.path + "/witness.so"
        let source = scratch.path + "/witness.c"
        try Data(Self.source.utf8).write(to: URL(fileURLWithPath: source))
        try Self.run(
            Self.compiler ?? "cc",
            ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl"], [:])
    }

    /// Runs a test of this program in a process of its own, which finds `folder` in the environment
    /// under `variable`; gives its calls below that folder, a line each: the call and the path.
    ///
    /// - Parameter breaks: the first `fdatasync` of a file fails, and those after it do not, as
    ///   Linux does it where a page could not be written.
    /// - Throws: ``Failure`` with the helper's words where its test fails.
    func calls(
        ofTest filter: String, variable: String, folder: String, breaks: Bool = false
    ) throws -> [String] {
        let log = scratch.path + "/calls"
        var options = ProcessInfo.processInfo.environment["ASAN_OPTIONS"].map { $0 + ":" } ?? ""
        // The library comes before the sanitizer's own, and takes nothing from it.
        options += "verify_asan_link_order=0"
        var variables = [
            variable: folder, "LD_PRELOAD": library, "WITNESS_LOG": log,
            "WITNESS_BELOW": Self.real(folder), "ASAN_OPTIONS": options,
        ]
        if breaks { variables["WITNESS_BREAKS"] = "1" }
        try Self.run(
            URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path,
            ["--testing-library", "swift-testing", "--filter", filter], variables)
        return String(decoding: try Data(contentsOf: URL(fileURLWithPath: log)), as: UTF8.self)
            .split(separator: "\n").map { String($0) }
    }

    /// The path without links, as the kernel tells it.
    private static func real(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func run(
        _ program: String, _ arguments: [String], _ variables: [String: String]
    ) throws {
        let (status, words) = try ChildProgram.run(program, arguments, environment: variables)
        guard status == 0 else {
            throw Failure(description: "\(program) \(arguments) ended with \(status): \(words)")
        }
    }

    private static let source = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/syscall.h>
        #include <sys/types.h>
        #include <unistd.h>

        static int journal = -1, breaks;
        static const char *below;
        static char broken[4096];

        __attribute__((constructor)) static void begin(void) {
            const char *path = getenv("WITNESS_LOG");
            below = getenv("WITNESS_BELOW");
            breaks = getenv("WITNESS_BREAKS") != NULL;
            int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
            if (path && below) journal = open(path, flags, 0600);
        }

        /* Returns whether it is a sync of another file than the one before. */
        static int note(const char *call, int descriptor, const char *more, const char *last) {
            char link[64], path[4096], line[9000];
            int saved = errno, isOther = 0;
            if (journal < 0) return 0;
            snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
            ssize_t length = readlink(link, path, sizeof path - 1);
            size_t skipped = strlen(below);
            if (length > 0) {
                path[length] = 0;
                if (strncmp(path, below, skipped) == 0) {
                    int count = snprintf(
                        line, sizeof line, "%s %s%s%s\n", call, path + skipped, more, last);
                    syscall(SYS_write, journal, line, (size_t)count);
                    isOther = strcmp(call, "sync") == 0 && strcmp(broken, path) != 0;
                    if (isOther) memcpy(broken, path, sizeof broken);
                }
            }
            errno = saved;
            return isOther;
        }

        #define NEXT(call) \
            static __typeof__(&call) next; \
            if (!next) next = (__typeof__(&call))dlsym(RTLD_NEXT, #call)

        ssize_t write(int fd, const void *bytes, size_t count) {
            NEXT(write);
            note("write", fd, "", "");
            return next(fd, bytes, count);
        }

        ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
            NEXT(pwrite);
            note("write", fd, "", "");
            return next(fd, bytes, count, at);
        }

        ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
            NEXT(pwrite64);
            note("write", fd, "", "");
            return next(fd, bytes, count, at);
        }

        int ftruncate(int fd, off_t count) {
            NEXT(ftruncate);
            note("cut", fd, "", "");
            return next(fd, count);
        }

        int fdatasync(int fd) {
            NEXT(fdatasync);
            if (note("sync", fd, "", "") && breaks) {
                errno = EIO;
                return -1;
            }
            return next(fd);
        }

        int fsync(int fd) {
            NEXT(fsync);
            note("sync", fd, "", "");
            return next(fd);
        }

        int unlinkat(int folder, const char *name, int flags) {
            NEXT(unlinkat);
            note("remove", folder, "/", name);
            return next(folder, name, flags);
        }

        int renameat(int from, const char *old, int to, const char *name) {
            NEXT(renameat);
            note("rename", to, "/", name);
            return next(from, old, to, name);
        }
        """#
}
