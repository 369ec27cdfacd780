import JSON
import Results

/// The hardware that a sweep's servers run on.
package struct SweepHardware: Hashable, Sendable {
    /// GPUs of all servers together; nil where each curve has its own.
    package var gpus: Double?
    /// Dollars an hour of one GPU.
    package var price: Double?

    package init(gpus: Double?, price: Double?) {
        self.gpus = gpus
        self.price = price
    }
}

/// A point of the frontier: how fast a user is served, against how much a GPU serves.
package struct FrontierPoint: Hashable, Sendable {
    /// The inverse of the mean TPOT, tokens/s; nil without one.
    package var tokensPerUser: Double?
    /// Tokens/s and complete answers/s of one GPU.
    package var tokensPerGPU: Double
    package var smoothPerGPU: Double
    package var answersPerGPU: Double
    /// Dollars for a million tokens, and for a million of those that count for readers; nil without
    /// a price, and where there are none.
    package var dollarsPerMillion: Double?
    package var dollarsPerMillionSmooth: Double?
    /// Whether no other usable point of the sweep is better in one of tokens a user and tokens a
    /// GPU and as good in the other.
    package var isOnFront: Bool

    var json: JSONValue {
        func real(_ value: Double?) -> JSONValue { value.map { .real($0) } ?? .null }
        return [
            "tokens_per_user": real(tokensPerUser), "tokens_per_gpu": .real(tokensPerGPU),
            "smooth_per_gpu": .real(smoothPerGPU), "answers_per_gpu": .real(answersPerGPU),
            "dollars_per_million_tokens": real(dollarsPerMillion),
            "dollars_per_million_smooth_tokens": real(dollarsPerMillionSmooth),
            "on_front": .bool(isOnFront),
        ]
    }
}

extension SweepResult {
    /// The GPUs that serve the points of a curve; nil where nobody said.
    package func gpus(of curve: Curve) -> Double? { hardware?.gpus ?? curve.gpus }

    /// Where a point lies; nil without a number of GPUs, and without rates.
    package func frontier(_ point: SweepPoint, of curve: Curve) -> FrontierPoint? {
        guard let gpus = gpus(of: curve), let throughput = point.estimate(.throughput)?.value,
            let smooth = point.estimate(.smooth)?.value,
            let answers = point.estimate(.answered)?.value
        else { return nil }
        func dollars(_ tokens: Double) -> Double? {
            guard let price = hardware?.price, tokens > 0 else { return nil }
            return price * gpus / 3_600 / tokens * 1e6
        }
        let place = Self.place(point, gpus)
        let isBeaten = curves.contains { other in
            guard let gpus = self.gpus(of: other) else { return false }
            return other.points.contains { rival in
                guard rival.verdict.isUsable, let place, let its = Self.place(rival, gpus) else {
                    return false
                }
                return its.user >= place.user && its.gpu >= place.gpu && its != place
            }
        }
        return FrontierPoint(
            tokensPerUser: place?.user, tokensPerGPU: throughput / gpus,
            smoothPerGPU: smooth / gpus, answersPerGPU: answers / gpus,
            dollarsPerMillion: dollars(throughput), dollarsPerMillionSmooth: dollars(smooth),
            isOnFront: point.verdict.isUsable && place != nil && !isBeaten)
    }

    private static func place(_ point: SweepPoint, _ gpus: Double) -> (user: Double, gpu: Double)? {
        guard let tpot = point.estimate(.latency(.tpot, .mean))?.value, tpot > 0,
            let throughput = point.estimate(.throughput)?.value
        else { return nil }
        return (1e9 / tpot, throughput / gpus)
    }
}
