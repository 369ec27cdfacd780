import Glibc

/// Where an agent's spool is when nobody says.
package enum SpoolLocation {
    /// `/var/tmp/legato-<user>/<host>/<agent>`: on the node itself even where homes are shared,
    /// and kept over a reboot.
    package static func standard(agent: String) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        // One byte is held back, so that even a name that fills the rest ends in zero.
        let known = gethostname(&buffer, buffer.count - 1) == 0
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let name = known ? String(decoding: bytes, as: UTF8.self) : "localhost"
        return "/var/tmp/legato-\(geteuid())/\(component(name))/\(component(agent))"
    }

    /// `name` as one component of a path: bytes other than letters, digits, `-`, `_` and inner
    /// dots as `%XX`, so that different names stay different.
    static func component(_ name: String) -> String {
        var text = ""
        for (offset, byte) in name.utf8.enumerated() {
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == 45 || byte == 95 || (byte == 46 && offset > 0)
            if isPlain {
                text.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return text.isEmpty ? "%" : text
    }
}
