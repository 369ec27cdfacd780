package import Results

extension ProbeFile {
    /// Reads the file at `path`.
    package init(path: String) throws(FileProblem) {
        try self.init(parsing: try StoredFile.read(path), path: path)
    }
}

extension InstantFile {
    /// Reads the file at `path`.
    package init(path: String) throws(FileProblem) {
        try self.init(parsing: try StoredFile.read(path), path: path)
    }
}
