import PlainText
internal import Workload

extension ScenarioReader {
    /// The endpoint that the run drives, and whether it insists on it: the one that is given, else
    /// the one that its servers' URLs name; one sentence where they contradict each other.
    func endpoint(
        _ top: SectionReader, _ servers: [ScenarioServer]
    ) -> (endpoint: Endpoint, isFixed: Bool) {
        let given = top.choice("endpoint").flatMap(Endpoint.init(rawValue:))
        let named = servers.compactMap { Endpoint(endOf: $0.url) }
        if let given {
            if let other = named.first(where: { $0 != given }) {
                top.refuse(
                    "endpoint",
                    "is \(given.rawValue), and a server's URL names the "
                        + "\(other.rawValue) endpoint; leave one of the two out")
            }
            return (given, true)
        }
        guard let first = named.first else { return (.chat, false) }
        if let other = named.first(where: { $0 != first }) {
            top.report(
                "servers",
                "the servers' URLs name both the \(first.rawValue) and the \(other.rawValue) "
                    + "endpoint; a run drives one of them")
        }
        return (first, true)
    }

    func servers(_ top: SectionReader) -> [ScenarioServer] {
        let sections = top.sections("servers") ?? []
        guard sections.count <= Self.serverLimit else {
            top.report(
                "servers", "\(sections.count) servers; a run names at most \(Self.serverLimit)")
            return []
        }
        return sections.compactMap { section in
            let headers = self.headers(section)
            let model = modelName(section)
            guard section.has("url") else {
                if section.lacks("url") {
                    section.report(
                        "url", "a server needs `url`, for example http://localhost:8000")
                }
                return nil
            }
            guard let url = section.filledText("url") else { return nil }
            guard Self.beginsLikeServer(url), !url.contains(where: \.isWhitespace),
                url.utf8.count <= Self.urlBytes, url.nameDefect == nil
            else {
                section.report(
                    "url",
                    "`\(Secrets.maskURL(String(url.prefix(200))))` is no URL of a server of at "
                        + "most \(Self.urlBytes) bytes; begin with http://, https:// or unix:/, or "
                        + "write HOST:PORT")
                return nil
            }
            return ScenarioServer(url: url, model: model, headers: headers)
        }
    }

    /// Most servers of a scenario.
    private static let serverLimit = 256
    /// Longest URL, in bytes.
    private static let urlBytes = 2_000

    /// A `model` that is one name.
    func modelName(_ section: SectionReader) -> String? {
        guard let name = section.nameText("model") else { return nil }
        if let defect = ModelMix(name).defect { section.refuse("model", defect) }
        return name
    }

    /// Whether a text begins with a scheme that is known, or with a host and a port.
    private static func beginsLikeServer(_ url: String) -> Bool {
        let schemes = ["http://", "https://", "unix:/"]
        if let scheme = schemes.first(where: url.lowercased().hasPrefix) {
            return url.count > scheme.count
        }
        return url.prefixMatch(of: /(\[[^\]]+\]|[^\/?#:]+):[0-9]+([\/?#]|$)/) != nil
    }

    private func headers(_ section: SectionReader) -> [(name: String, value: String)] {
        guard let value = section.value("headers") else { return [] }
        guard case .map(let entries, _) = value else {
            section.refuse("headers", "is a section of names and texts")
            return []
        }
        return entries.compactMap { entry in
            guard case .scalar(let text, _, _) = entry.value,
                entry.key.wholeMatch(of: /[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}/) != nil,
                text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else {
                collector.report(
                    entry.keyOrigin, "`\(entry.key)` is no header: a name and one line of text")
                return nil
            }
            return (entry.key, text)
        }
    }
}
