/// Where a part of a scenario was written.
package enum Origin: Hashable, Sendable {
    /// Line and column of the file, from 1.
    case file(line: Int, column: Int)
    /// An option of the command line, as typed: "--request-rate".
    case option(String)
    /// The standard, which holds where the options say nothing else.
    case standard
}

/// A scenario as written: a tree that remembers where each part stands, so that command-line
/// options can replace parts of it and every error can point at its cause.
package indirect enum Document: Hashable, Sendable {
    /// `isPlain`: written without quotes, so that `true` and `3` are no text.
    case scalar(String, isPlain: Bool, Origin)
    case list([Document], Origin)
    case map([Entry], Origin)

    package struct Entry: Hashable, Sendable {
        package var key: String
        package var keyOrigin: Origin
        package var value: Document
    }

    package var origin: Origin {
        switch self {
        case .scalar(_, _, let origin), .list(_, let origin), .map(_, let origin): origin
        }
    }

    /// The value of `key` in a map; nil elsewhere.
    package subscript(key: String) -> Document? {
        get {
            guard case .map(let entries, _) = self else { return nil }
            return entries.first { $0.key == key }?.value
        }
        set {
            guard case .map(var entries, let origin) = self else { return }
            let index = entries.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?):
                entries[index].value = value
                entries[index].keyOrigin = value.origin
            case (let index?, nil): entries.remove(at: index)
            case (nil, let value?):
                entries.append(Entry(key: key, keyOrigin: value.origin, value: value))
            case (nil, nil): break
            }
            self = .map(entries, origin)
        }
    }
}
