package import JSON
package import ToolRules

extension PrintedFigures {
    /// The figures by the tool's own names, as its result file has them; null where one has no
    /// value. `as_printed_by` says behind them whose rule it is, why figures are missing, and what
    /// the rule loses.
    package var members: [JSONMember] {
        var root = Branch()
        for figure in figures {
            root.set(figure.json, at: figure.row.path[...], unit: figure.row.unit)
        }
        let own = root.members
        return
            (tool == .guidellm
            ? [JSONMember("benchmarks", .array([.object(own)]))] : own) + [
                JSONMember("as_printed_by", origin)
            ]
    }

    private var origin: JSONValue {
        let missing = figures.compactMap { figure -> JSONMember? in
            guard case .missing(let reason) = figure.value else { return nil }
            return JSONMember(
                figure.row.path.joined(separator: "."), .string(reason.sentence))
        }
        return .object([
            "tool": .string(tool.rawValue), "rule": .string(tool.rule.source),
            "missing": .object(missing),
            "remarks": .array(
                remarks.map {
                    .object(["kind": .string($0.name), "sentence": .string($0.sentence)])
                }),
        ])
    }
}

extension PrintedFigures.Figure {
    /// A number that is always whole is written as one.
    fileprivate var json: JSONValue {
        guard let number = value.number, number.isFinite else { return .null }
        guard row.quantity.isCount, let whole = Int64(exactly: number) else { return .real(number) }
        return .integer(whole)
    }
}

/// A JSON object that grows by paths, its members in the order in which they came.
private struct Branch {
    private enum Node {
        case leaf(JSONValue)
        case branch(Branch)
    }

    private var names: [String] = []
    private var nodes: [Node] = []

    mutating func set(_ value: JSONValue, at path: ArraySlice<String>, unit: String?) {
        guard let name = path.first else { return }
        guard path.count > 1 else {
            if let unit, names.isEmpty { append("unit", .leaf(.string(unit))) }
            return append(name, .leaf(value))
        }
        let place =
            names.firstIndex(of: name)
            ?? {
                append(name, .branch(Branch()))
                return names.count - 1
            }()
        guard case .branch(var branch) = nodes[place] else {
            preconditionFailure("\(name) is a number and an object at once")
        }
        branch.set(value, at: path.dropFirst(), unit: unit)
        nodes[place] = .branch(branch)
    }

    private mutating func append(_ name: String, _ node: Node) {
        names.append(name)
        nodes.append(node)
    }

    var members: [JSONMember] {
        zip(names, nodes).map { name, node in
            switch node {
            case .leaf(let value): JSONMember(name, value)
            case .branch(let branch): JSONMember(name, .object(branch.members))
            }
        }
    }
}
