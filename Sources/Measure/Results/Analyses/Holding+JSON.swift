package import Holding
package import JSON

extension HoldingFigures {
    /// The member of a target in `holding` of the summary: spans in the unit of their name, shares
    /// from 0 to 1, null for what is not known.
    package var json: JSONValue {
        func real(_ value: Double?, _ scale: Double = 1) -> JSONValue {
            value.map { .real($0 / scale) } ?? .null
        }
        var members: [JSONMember] = [
            JSONMember("verdict", .array(verdicts.map { .string($0.rawValue) })),
            JSONMember("held", isHeld.map { .bool($0) } ?? .null),
            JSONMember("suspicions", .array(suspicions.map { .string($0.rawValue) })),
            JSONMember("interval", interval.map { .integer(Int64($0)) } ?? .null),
            JSONMember("theta_ms", real(theta, 1e6)),
            JSONMember("period_ms", real(period, 1e6)),
            JSONMember("held_first_s", real(heldFirst, 1e9)),
            JSONMember("ttft_wall_ms", real(ttftWall, 1e6)),
            JSONMember("grouped", real(grouped)),
            JSONMember("first_burst", real(firstBurst)),
            JSONMember("last_burst", real(lastBurst)),
            JSONMember("out_of_step", real(outOfStep)),
            JSONMember("independent", real(independent)),
            JSONMember("in_step", real(inStep)),
            JSONMember("spike", real(spike)),
            JSONMember("met", real(met)),
            JSONMember("covariation", real(covariation)),
            JSONMember("load_effect", real(loadEffect)),
            JSONMember("lattice", real(lattice)),
            JSONMember("crowd", real(crowd)),
            JSONMember("windows", .integer(Int64(windows))),
            JSONMember("streams", .integer(Int64(streams))),
            JSONMember("tokens", .integer(Int64(tokens))),
        ]
        if let sample {
            members.append(
                JSONMember(
                    "looked_at",
                    [
                        "of_streams": .integer(Int64(sample.streams)),
                        "of_tokens": .integer(Int64(sample.tokens)),
                        "stretches": .integer(Int64(sample.liveStretches)),
                        "of_stretches": .integer(Int64(sample.stretches)),
                    ]))
        }
        return .object(members)
    }
}
