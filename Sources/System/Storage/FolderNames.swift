import Glibc

/// The names in a folder that is open.
enum FolderNames {
    /// The names without `.` and `..`, in no order; nil, and `errno`, where the system refuses.
    static func list(_ folder: Int32) -> [String]? {
        // A descriptor of its own: closedir closes it, and reading moves its position.
        let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                // Sound: the system ends d_name with a zero byte within the field.
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
