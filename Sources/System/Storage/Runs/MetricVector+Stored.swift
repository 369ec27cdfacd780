package import Results

extension MetricVector {
    /// The runs in the file at `path`, each with its name: the path, with `#1`, `#2`, ... behind it
    /// where there are several. A path that ends so takes one of them, unless a file has that name.
    ///
    /// - Throws: ``FileProblem`` that names what cannot be read, or where the mistake is.
    package static func stored(
        at path: String
    ) throws(FileProblem) -> [(name: String, vector: MetricVector)] {
        let part = StoredFile.exists(path) ? nil : RunOfFile(path)
        let file = part?.file ?? path
        let vectors = try all(parsing: try StoredFile.read(file), path: file) { names in
            // A summary that is not there, or not to be read, is none.
            names.lazy.filter(StoredFile.exists).compactMap { name in
                (try? StoredFile.read(name)).map { (name, $0) }
            }.first
        }
        guard let part else {
            guard vectors.count > 1 else { return vectors.map { (path, $0) } }
            return vectors.enumerated().map { ("\(path)#\($0.offset + 1)", $0.element) }
        }
        guard vectors.indices.contains(part.number - 1) else {
            throw FileProblem(
                .content, path,
                "names run \(part.number), and the file has \(vectors.count)")
        }
        return [(path, vectors[part.number - 1])]
    }
}

/// The name of one run of a file, `FILE#2`.
private struct RunOfFile {
    var file: String
    var number: Int

    /// nil for other names, and where there is no such file.
    init?(_ path: String) {
        guard let mark = path.lastIndex(of: "#"),
            let number = Int(path[path.index(after: mark)...]), number > 0
        else { return nil }
        let file = String(path[..<mark])
        guard StoredFile.exists(file) else { return nil }
        self.file = file
        self.number = number
    }
}
