/// Which of the two routes of an OpenAI-style server is driven.
package enum Endpoint: String, Hashable, Sendable, CaseIterable {
    case chat
    case completions

    /// The path behind a server's prefix.
    package var path: String {
        switch self {
        case .chat: "/v1/chat/completions"
        case .completions: "/v1/completions"
        }
    }

    /// The end of the path, whatever version stands before it.
    package var suffix: String {
        switch self {
        case .chat: "/chat/completions"
        case .completions: "/completions"
        }
    }

    /// The endpoint that a URL names with the end of its path, slashes at the end and a query
    /// aside; nil where it names none, as a base URL does.
    package init?(endOf url: some StringProtocol) {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        let end = path.lastIndex { $0 != "/" }.map { path[...$0] } ?? path[...]
        // The longer end first: the shorter one is its end too.
        guard let named = [Endpoint.chat, .completions].first(where: { end.hasSuffix($0.suffix) })
        else { return nil }
        self = named
    }
}

/// How a prompt of known length is written.
package enum PromptForm: String, Hashable, Sendable, CaseIterable {
    /// Token ids where the endpoint and the server take them, else words.
    case automatic = "auto"
    /// Common English words, about one token each.
    case words
    /// Token ids: exact, in /v1/completions alone.
    case tokens
}

/// When a request fails, in ns; 0 is no limit.
package struct RequestTimeouts: Hashable, Sendable {
    package var connectNs: Int64
    package var firstTokenNs: Int64
    package var betweenTokensNs: Int64
    package var totalNs: Int64

    /// Limits as given; what is left out is what a scenario gets that says nothing of them.
    package init(
        connectNs: Int64 = 10_000_000_000, firstTokenNs: Int64 = 60_000_000_000,
        betweenTokensNs: Int64 = 30_000_000_000, totalNs: Int64 = 600_000_000_000
    ) {
        self.connectNs = connectNs
        self.firstTokenNs = firstTokenNs
        self.betweenTokensNs = betweenTokensNs
        self.totalNs = totalNs
    }
}

/// Which connections an agent's requests go out on.
package enum ConnectionRule: Hashable, Sendable {
    /// A free one, else a new one: no request waits for another.
    case kept
    /// A new one for each request, closed behind its answer.
    case fresh
    /// The most connections to each server: a request waits until one is free.
    case limited(UInt16)
}
