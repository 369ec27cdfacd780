/// Rules about servers, APIs and models.
extension Translator {
    mutating func apply(_ rule: ForeignOption.Rule, _ part: Arguments.Part, _ name: String) {
        guard let value = part.value, !value.isEmpty else {
            // Where the command has an option of the name, its parser says what is missing.
            return owned.contains(name) ? keep(part, name) : lacksValue(name)
        }
        switch rule {
        case .hostAndPort: hostAndPort(part, name)
        case .endpointPath: endpointPath(value, part, name)
        case .endpointType: endpointType(value, part, name)
        case .headers: header(value, part, name)
        case .servedModel:
            guard owned.contains("--model") else { return keep(part, name) }
            emit("--model", value, for: name)
        case .rate, .rampUp, .arrivalPattern, .constraint: load(rule, value, part, name)
        case .syntheticData, .extraInputs: content(rule, value, part, name)
        }
    }

    private mutating func hostAndPort(_ part: Arguments.Part, _ name: String) {
        guard owned.contains("--url") else { return keep(part, name) }
        guard begins(.hostAndPort) else { return }
        guard value(of: "--base-url", "--target", "--url") == nil else {
            return refuse(name, "and a URL name the server twice; keep the URL")
        }
        let host = value(of: "--host") ?? "127.0.0.1"
        let port = value(of: "--port") ?? "8000"
        guard let number = UInt16(port), number > 0 else {
            return refuse("--port", "is a number from 1 to 65535, not `\(port)`")
        }
        guard !host.contains(where: { "/?#@".contains($0) || $0.isWhitespace }) else {
            return refuse(
                "--host", "is a name or an address; give a whole URL as --url http://HOST:PORT")
        }
        // A second colon makes it an IPv6 address, which stands in brackets within a URL.
        let isBare = host.contains(":") && !host.hasPrefix("[")
        emit("--url", "http://\(isBare ? "[\(host)]" : host):\(number)\(path)", for: name)
    }

    /// The path that goes behind every URL: that of `--endpoint`, where it is not the usual one.
    var path: String {
        guard let given = value(of: "--endpoint", "--custom-endpoint"), given.contains("/") else {
            return ""
        }
        let path = given.hasPrefix("/") ? given : "/" + given
        return ["/v1/chat/completions", "/v1/completions"].contains(path) ? "" : path
    }

    /// A base URL with that path.
    func located(_ url: String) -> String {
        path.isEmpty ? url : (url.hasSuffix("/") ? String(url.dropLast()) : url) + path
    }

    private mutating func endpointPath(
        _ value: String, _ part: Arguments.Part, _ name: String
    ) {
        guard owned.contains("--endpoint") else { return keep(part, name) }
        guard value.contains("/") else {
            return owned.contains(name)
                ? keep(part, name) : emit("--endpoint", value, for: name)
        }
        let end = value.prefix { $0 != "?" }
        guard end.hasSuffix("/completions") else {
            return refuse(
                name,
                "`\(value)` is no path of the chat or completions API, which end in "
                    + "/chat/completions and /completions")
        }
        let hasURL = self.value(of: "--url", "--base-url", "--target", "--host", "--port") != nil
        guard path.isEmpty || hasURL else {
            return refuse(
                name, "needs the server it is a path of; write --url http://HOST:PORT\(path)")
        }
        emit("--endpoint", end.hasSuffix("/chat/completions") ? "chat" : "completions", for: name)
    }

    private mutating func endpointType(
        _ value: String, _ part: Arguments.Part, _ name: String
    ) {
        guard owned.contains("--endpoint") else { return keep(part, name) }
        let apis = [
            "chat": "chat", "openai-chat": "chat", "chat_completions": "chat",
            "/v1/chat/completions": "chat", "completions": "completions", "openai": "completions",
            "openai-completions": "completions", "text_completions": "completions",
            "vllm": "completions", "/v1/completions": "completions",
        ]
        guard let api = apis[value] else {
            return refuse(name, "`\(value)` has no twin here: the APIs are chat and completions")
        }
        emit("--endpoint", api, for: name)
    }

    /// vllm and sglang write NAME=VALUE; the value stays unsaid.
    private mutating func header(_ value: String, _ part: Arguments.Part, _ name: String) {
        guard owned.contains("--header") else { return keep(part, name) }
        let end = value.firstIndex { $0 == ":" || $0 == "=" }
        guard let end, value[end] == "=" else { return emit("--header", value, for: name) }
        let text = value[value.index(after: end)...]
        emit("--header", "\(value[..<end]): \(text)", for: name)
    }
}
