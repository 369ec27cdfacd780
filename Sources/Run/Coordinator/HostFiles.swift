import Foundation

/// Folders of the run's own that it takes away again.
enum HostFiles {
    /// Removes `folder` and what is in it; what cannot be removed stays and does no harm.
    static func remove(_ folder: String) {
        try? FileManager.default.removeItem(atPath: folder)
    }
}
