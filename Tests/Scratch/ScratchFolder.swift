import Foundation

/// A folder of this user alone that is gone with its last reference.
package final class ScratchFolder: Sendable {
    package let path: String

    package init() {
        let name = "legato-test-\(UUID().uuidString)"
        path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        precondition(mkdir(path, 0o700) == 0, "a temporary folder can be made")
    }

    deinit {
        // A folder that cannot be removed is left to the system's own cleaning.
        try? FileManager.default.removeItem(atPath: path)
    }
}
