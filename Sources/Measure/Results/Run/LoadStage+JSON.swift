import JSON
import RunRecord
import Sampling

extension LoadStage {
    /// An element of `load.stages` of `manifest.json`.
    var json: JSONValue {
        var members = [JSONMember("begin", .integer(beginNs))]
        switch load {
        case .open: members.append(JSONMember("loop", "open"))
        case .changing: members.append(JSONMember("loop", "changing"))
        case .closed(let users):
            members.append(JSONMember("loop", "closed"))
            members.append(JSONMember("concurrency", .integer(Int64(users))))
        }
        return .object(members)
    }

    init(json: JSONValue) throws(JSONFieldError) {
        self.init(
            beginNs: try json.integer("begin"),
            load: try json.text("loop") == "changing" ? .changing : ArrivalLoad(json: json))
    }
}
