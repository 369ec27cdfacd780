import Dispatch

/// Two pieces of work beside each other, on a thread each; both have ended when this returns.
///
/// Their results owe nothing to the number of cores.
package enum SideBySide {
    /// - Precondition: The two touch nothing in common.
    /// - Throws: The problem of the first, else that of the second.
    package static func run(
        _ first: () throws(FileProblem) -> Void, _ second: () throws(FileProblem) -> Void
    ) throws(FileProblem) {
        var problems: (FileProblem?, FileProblem?) = (nil, nil)
        withoutActuallyEscaping(first) { first in
            withoutActuallyEscaping(second) { second in
                withUnsafeMutablePointer(to: &problems.0) { firstProblem in
                    withUnsafeMutablePointer(to: &problems.1) { secondProblem in
                        // Sound: each iteration touches the work and the slot of its own, and both
                        // have ended before anybody else looks.
                        nonisolated(unsafe) let works = [
                            (first, firstProblem), (second, secondProblem),
                        ]
                        DispatchQueue.concurrentPerform(iterations: works.count) { index in
                            do throws(FileProblem) {
                                try works[index].0()
                            } catch {
                                works[index].1.pointee = error
                            }
                        }
                    }
                }
            }
        }
        if let problem = problems.0 ?? problems.1 { throw problem }
    }
}
