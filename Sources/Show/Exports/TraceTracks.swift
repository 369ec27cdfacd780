import JSON
import Results
import TimeBase

/// The tracks of a trace: a process an agent, one for each of its servers, and in that as many
/// tracks as it had streams at once.
struct TraceTracks {
    /// A process and a track of it, numbers from 1.
    struct Place: Hashable {
        var process: Int64
        var track: Int64
    }

    private struct Span {
        var id: UInt32
        var group: Int
        var begin: Int64
        var end: Int64
    }

    private struct Group: Hashable {
        var agent: String
        var target: String
    }

    private let agents: [String]
    private var groups: [Group] = []
    private var spans: [Span] = []
    private var places: [UInt32: Place] = [:]
    /// Tracks of each group.
    private var widths: [Int] = []

    init(_ header: RunHeader) { agents = header.agents.map(\.name) }

    mutating func add(_ request: MeasuredRequest) {
        let group = Group(agent: request.agent, target: request.target)
        let index =
            groups.firstIndex(of: group)
            ?? {
                groups.append(group)
                return groups.count - 1
            }()
        spans.append(
            Span(
                id: request.id, group: index, begin: request.scheduled.ns, end: request.finish.ns))
    }

    /// Gives each request the first track of its group that is free when it is scheduled.
    mutating func assign() {
        var free = [[Int64]](repeating: [], count: groups.count)
        for span in spans.sorted(by: { ($0.begin, $0.id) < ($1.begin, $1.id) }) {
            let track =
                free[span.group].firstIndex { $0 <= span.begin }
                ?? {
                    free[span.group].append(0)
                    return free[span.group].count - 1
                }()
            free[span.group][track] = span.end
            places[span.id] = Place(
                process: Int64(agents.count + span.group + 1), track: Int64(track + 1))
        }
        widths = free.map(\.count)
        spans = []
    }

    func place(of request: UInt32) -> Place? { places[request] }

    /// The process of an agent's counters.
    func process(of agent: String) -> Int64? {
        agents.firstIndex(of: agent).map { Int64($0 + 1) }
    }

    /// The names of all processes and tracks.
    var names: [JSONValue] {
        func name(_ kind: String, _ process: Int64, _ track: Int64, _ text: String) -> JSONValue {
            [
                "ph": "M", "name": .string(kind), "pid": .integer(process),
                "tid": .integer(track), "args": ["name": .string(text)],
            ]
        }
        var names = agents.enumerated().map { index, agent in
            name("process_name", Int64(index + 1), 0, "agent \(agent)")
        }
        for (index, group) in groups.enumerated() {
            let process = Int64(agents.count + index + 1)
            names.append(name("process_name", process, 0, "\(group.agent) · \(group.target)"))
            for track in 0..<(widths.indices.contains(index) ? widths[index] : 0) {
                names.append(name("thread_name", process, Int64(track + 1), "stream \(track + 1)"))
            }
        }
        return names
    }
}
