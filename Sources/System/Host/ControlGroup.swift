/// The control group of a process, version 2.
package enum ControlGroup {
    /// The folders below /sys/fs/cgroup that bound a process, its own first, by its
    /// /proc/self/cgroup; the root alone where that names none.
    package static func folders(cgroup: String) -> [String] {
        let root = "/sys/fs/cgroup"
        guard let line = cgroup.split(separator: "\n").first(where: { $0.hasPrefix("0::/") })
        else { return [root] }
        var names = line.dropFirst(4).split(separator: "/")
        guard !names.contains("..") else { return [root] }
        var folders: [String] = []
        while !names.isEmpty {
            folders.append(root + "/" + names.joined(separator: "/"))
            names.removeLast()
        }
        return folders + [root]
    }

    /// Cores that `cpu.max` allows, such as 1.5 for `150000 100000`; nil for no bound.
    package static func cores(cpuMax: String) -> Double? {
        let words = cpuMax.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]),
            quota > 0, period > 0
        else { return nil }
        return quota / period
    }
}
