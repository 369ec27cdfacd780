extension ForeignRun {
    /// The runs in another tool's file, in its order; nil for a file that is no other tool's.
    ///
    /// The file is walked twice, and no tree of it is built: beside its bytes a request takes some
    /// 200 bytes and each of its events 16, and 8 more while a list of gaps is read.
    ///
    /// - Throws: ``ForeignProblem`` with the first mistake.
    package static func all(in bytes: [UInt8]) throws(ForeignProblem) -> [ForeignRun]? {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(ForeignProblem) -> [ForeignRun]? in
                guard let format = ForeignFormat.detected(buffer) else { return nil }
                return try runs(in: ForeignCursor(buffer), as: format)
            }
        }
        return try result.get()
    }

    private static func runs(
        in cursor: ForeignCursor, as format: ForeignFormat
    ) throws(ForeignProblem) -> [ForeignRun] {
        var cursor = cursor
        var runs: [ForeignRun] = []
        switch format {
        case .parallelLists(let tool):
            while !cursor.isAtEnd { runs.append(try ParallelLists.run(&cursor, of: tool)) }
        case .aiperfRecords: runs = [try AiperfRecords.run(&cursor)]
        case .aiperfRaw: runs = [try AiperfRaw.run(&cursor)]
        case .guidellm: runs = try GuidellmBenchmarks.runs(&cursor)
        case .inferencePerf: runs = [try InferencePerfRequests.run(&cursor)]
        case .etalon: runs = [try EtalonMetrics.run(&cursor)]
        case .genaiBench: runs = [try GenaiBenchRun.run(&cursor)]
        case .summary(let tool):
            throw ForeignProblem(
                offset: 0,
                "is a result of \(tool.command) without the requests' own times; name "
                    + tool.detailedFile)
        }
        guard cursor.isAtEnd else {
            throw cursor.problem("has something behind its value")
        }
        return runs
    }
}
