import Glibc

/// Small files of /proc and /sys.
enum KernelFile {
    static func firstLine(of path: String) -> String {
        contents(of: path).split(separator: "\n").first.map(String.init) ?? ""
    }

    /// Up to 4 KiB of a file of the kernel; empty when it cannot be read.
    static func contents(of path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(file, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }
    /// The names in a folder of the kernel, in order, those that begin with a dot left out; empty
    /// when it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let open = opendir(folder) else { return [] }
        defer { closedir(open) }
        var names: [String] = []
        while let entry = readdir(open) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
