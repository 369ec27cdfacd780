package import EventLoop
import HTTPStream
import TimeBase
import TokenLog

extension ServingClient {
    /// Resolves every target once and connects to it once; all later connections use the address
    /// that answered.
    ///
    /// - Parameter completion: gets one entry a target: nil, or why it cannot be reached.
    package func open(_ completion: @escaping ([SystemError?]) -> Void) {
        var results: [SystemError?] = Array(repeating: nil, count: targets.count)
        var left = targets.count
        guard left > 0 else { return loop.next { completion([]) } }
        for (index, target) in targets.enumerated() {
            Resolver.resolve(loop: loop, host: target.host, port: target.port) { [self] answer in
                let done = { (error: SystemError?) in
                    results[index] = error
                    left -= 1
                    if left == 0 { completion(results) }
                }
                switch answer {
                case .failure(let error): done(error)
                case .success(let found): tryAddresses(found[...], target: index, done)
                }
            }
        }
    }

    private func tryAddresses(
        _ found: ArraySlice<SocketAddress>, target: Int, _ done: @escaping (SystemError?) -> Void
    ) {
        guard !isClosed, let address = found.first else { return }
        addresses[target] = address
        openOne(target) { [self] error in
            if error != nil && found.count > 1 {
                tryAddresses(found.dropFirst(), target: target, done)
            } else {
                done(error)
            }
        }
    }

    private func openOne(_ target: Int, _ done: @escaping (SystemError?) -> Void) {
        do throws(SystemError) {
            try connect(target).whenOpen = done
        } catch {
            loop.next { done(error) }
        }
    }

    /// Opens connections ahead until `count` are idle or opening.
    ///
    /// - Parameter completion: gets how many are idle then, and the first reason why not all.
    package func prepareConnections(
        _ count: Int, target: Int, _ completion: @escaping (Int, SystemError?) -> Void
    ) {
        let missing = count - idle[target].count
        guard missing > 0 else {
            let ready = idle[target].count
            return loop.next { completion(ready, nil) }
        }
        var left = missing
        var firstError: SystemError?
        for _ in 0..<missing {
            openOne(target) { [self] error in
                if firstError == nil { firstError = error }
                left -= 1
                if left == 0 { completion(idle[target].count, firstError) }
            }
        }
    }

    /// Asks a target for its models and, where that fails, for its health.
    package func probe(target: Int, _ completion: @escaping (ProbeAnswer) -> Void) {
        let url = targets[target]
        ask("\(url.prefix)/v1/models", target) { [self] models, document in
            if models.outcome == .completed {
                let names = ProbeAnswer.modelNames(document)
                completion(ProbeAnswer(target: url, models: names))
                return
            }
            guard models.status != 0 else {
                completion(ProbeAnswer(target: url, failure: models.error?.detail ?? ""))
                return
            }
            ask("\(url.prefix)/health", target) { health, _ in
                if health.outcome == .completed {
                    completion(ProbeAnswer(target: url, models: []))
                } else {
                    completion(ProbeAnswer(target: url, failure: models.error?.detail ?? ""))
                }
            }
        }
    }

    private func ask(
        _ path: String, _ target: Int, _ completion: @escaping (AnswerResult, [UInt8]) -> Void
    ) {
        start(
            Exchange(
                probing: path, of: targets[target], headers: probeFields, at: RawClock.now(),
                completion), target: target)
    }
}
