import Foundation

/// A pseudo-terminal, and a program at it.
struct Terminal {
    private let master: Int32
    let input: FileHandle
    /// The name of the side that a program sees.
    let name: String

    /// A launcher that makes the terminal on its standard input the program's own; nil where it is
    /// not installed.
    static let launcher: [String]? = {
        let path = "/usr/bin/setsid"
        return access(path, X_OK) == 0 ? [path, "--ctty", "--wait"] : nil
    }()

    /// TIOCSPTLCK and TIOCGPTN of ioctl_tty(2): what unlockpt and ptsname are made of.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    init?() {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var isLocked: CInt = 0
        var number: CInt = 0
        guard master >= 0, ioctl(master, Self.setLock, &isLocked) == 0,
            ioctl(master, Self.getNumber, &number) == 0
        else { return nil }
        name = "/dev/pts/\(number)"
        let other = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard other >= 0 else { return nil }
        input = FileHandle(fileDescriptor: other, closeOnDealloc: true)
    }

    /// Presses Ctrl-C: every process of the terminal's foreground group gets SIGINT.
    func interrupt() {
        var key: UInt8 = 3
        _ = write(master, &key, 1)
    }

    /// The bytes that programs have written by now.
    func read() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        var poll = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        while Foundation.poll(&poll, 1, 0) > 0, poll.revents & Int16(POLLIN) != 0 {
            let count = Foundation.read(master, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        return bytes
    }

    func resize(columns: Int, rows: Int) {
        var size = winsize()
        size.ws_col = UInt16(columns)
        size.ws_row = UInt16(rows)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    func close() { Foundation.close(master) }
}
