extension ScenarioOverrides {
    /// Puts what every request carries into the document's `request`.
    func applyRequest(_ document: inout Document, _ collector: DiagnosticCollector) {
        guard ignoreEOS != nil || !extraBodies.isEmpty else { return }
        var request = document["request"] ?? .map([], origin("--extra-body"))
        if let ignoreEOS {
            let option = ignoreEOS ? "--ignore-eos" : "--no-ignore-eos"
            request["ignore eos"] = .scalar("\(ignoreEOS)", isPlain: true, origin(option))
        }
        if !extraBodies.isEmpty { request["extra"] = extra(over: request["extra"], collector) }
        document["request"] = request
    }

    /// The members of `base`, replaced and joined by those of the options.
    private func extra(over base: Document?, _ collector: DiagnosticCollector) -> Document {
        var extra = base ?? .map([], origin("--extra-body"))
        var given: Set<String> = []
        for (index, text) in extraBodies.enumerated() {
            let origin = origin("--extra-body", index)
            guard case .map(let members, _)? = Self.object(text, origin) else {
                collector.report(
                    origin, "is no JSON object; write for example '{\"temperature\": 0}'")
                continue
            }
            for member in members {
                guard given.insert(member.key).inserted else {
                    collector.report(origin, "`\(member.key)` is given twice; keep one")
                    continue
                }
                extra[member.key] = member.value
            }
        }
        return extra
    }

    /// The object that `text` is, as JSON (which is YAML), its parts told by the option.
    private static func object(_ text: String, _ origin: Origin) -> Document? {
        do throws(ScenarioError) {
            return try Document(yaml: text, file: "").told(by: origin)
        } catch {
            return nil  // told by the caller, without the text: it may hold a prompt
        }
    }
}

extension Document {
    /// The same tree, every part of which was written in `origin`.
    fileprivate func told(by origin: Origin) -> Document {
        switch self {
        case .scalar(let text, let isPlain, _): .scalar(text, isPlain: isPlain, origin)
        case .list(let items, _): .list(items.map { $0.told(by: origin) }, origin)
        case .map(let entries, _):
            .map(
                entries.map {
                    Entry(key: $0.key, keyOrigin: origin, value: $0.value.told(by: origin))
                }, origin)
        }
    }
}
