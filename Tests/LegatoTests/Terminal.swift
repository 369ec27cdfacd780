import Foundation

/// A pseudo-terminal, and a program at it.
struct Terminal {
    private let master: Int32
    let input: FileHandle

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
        let other = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard other >= 0 else { return nil }
        input = FileHandle(fileDescriptor: other, closeOnDealloc: true)
    }

    /// Presses Ctrl-C: every process of the terminal's foreground group gets SIGINT.
    func interrupt() {
        var key: UInt8 = 3
        _ = write(master, &key, 1)
    }

    func close() { Foundation.close(master) }
}
