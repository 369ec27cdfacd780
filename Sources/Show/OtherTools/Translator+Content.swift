import JSON

/// Rules about what requests hold.
extension Translator {
    mutating func content(
        _ rule: ForeignOption.Rule, _ value: String, _ part: Arguments.Part, _ name: String
    ) {
        switch rule {
        case .syntheticData:
            guard owned.contains("--input-len") else { return keep(part, name) }
            syntheticData(value, name)
        case .extraInputs:
            guard owned.contains("--extra-body") else { return keep(part, name) }
            extraInput(value, name)
        default: preconditionFailure("\(rule) is no rule of the content")
        }
    }

    /// A member of the body, from a number or a JSON value.
    mutating func body(_ member: String, _ value: String, _ name: String) {
        let number = Double(value).flatMap { $0.isFinite ? JSONValue.real($0) : nil }
        guard let json = Self.json(value) ?? number else {
            return refuse(name, "is a number or a JSON value, and becomes `\(member)` of the body")
        }
        emitBody(.object([JSONMember(member, json)]), name)
    }

    private mutating func emitBody(_ body: JSONValue, _ name: String) {
        emit("--extra-body", String(decoding: body.serialized, as: UTF8.self), for: name)
    }

    private static func json(_ text: String) -> JSONValue? {
        do throws(JSONSyntaxError) {
            return try JSONValue(parsing: text)
        } catch {
            return nil  // whether it is JSON is the question
        }
    }

    /// `KEY:VALUE`, or an object.
    private mutating func extraInput(_ value: String, _ name: String) {
        if let object = Self.json(value), object.members != nil { return emitBody(object, name) }
        guard let colon = value.firstIndex(of: ":"), colon > value.startIndex else {
            return refuse(name, "is KEY:VALUE or a JSON object, as --extra-body takes it")
        }
        let key = String(value[..<colon])
        let text = String(value[value.index(after: colon)...])
        let flag = ["true": "--ignore-eos", "false": "--no-ignore-eos"][text]
        if key == "ignore_eos", let flag, owned.contains(flag) {
            return emit(flag: flag, for: name)
        }
        emitBody(.object([JSONMember(key, Self.json(text) ?? .string(text))]), name)
    }

    /// Lengths of guidellm's made prompts, or a file of prompts.
    private mutating func syntheticData(_ value: String, _ name: String) {
        guard let pairs = KeyedValues(value) else {
            let files = [".json", ".jsonl", ".csv", ".txt"]
            guard files.contains(where: value.lowercased().hasSuffix) else {
                return refuse(
                    name, "nothing is downloaded; fetch the file and give it as --prompts")
            }
            return emit("--prompts", value, for: name)
        }
        var known: Set = ["kind", "samples"]
        for (side, target) in [("prompt", "--input-len"), ("output", "--output-len")] {
            let keys = ["", "_stdev", "_min", "_max"].map { "\(side)_tokens\($0)" }
            known.formUnion(keys)
            guard keys.contains(where: { pairs[$0] != nil }) else { continue }
            guard let law = Self.law(keys.map { pairs[$0] }) else {
                return refuse(
                    name, "needs `\(side)_tokens`, which is a number; or write `\(target) 512`")
            }
            emit(target, law, for: name)
        }
        if let odd = pairs.keys.first(where: { !known.contains($0) }) {
            refuse(name, "`\(odd)` has no twin here; a class of a scenario says more than lengths")
        } else if pairs["kind"] ?? "synthetic_text" != "synthetic_text" {
            refuse(name, "made prompts alone are described so; give a file as --prompts FILE")
        }
    }

    /// The law of a length from mean, deviation, least and most.
    private static func law(_ parts: [String?]) -> String? {
        guard let mean = parts[0], parts.allSatisfy({ $0 == nil || Double($0 ?? "") != nil }) else {
            return nil
        }
        if parts[1] == nil, let low = parts[2], let high = parts[3] { return "\(low)..\(high)" }
        guard let deviation = parts[1] else {
            return parts[2] == nil && parts[3] == nil ? mean : nil
        }
        let bounds = [("min", parts[2]), ("max", parts[3])].compactMap { name, value in
            value.map { ", \(name) \($0)" }
        }
        return "normal(mean \(mean), sd \(deviation)\(bounds.joined()))"
    }
}
