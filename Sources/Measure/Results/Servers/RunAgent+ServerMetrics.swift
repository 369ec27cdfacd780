import JSON

extension RunAgent {
    /// Takes in what its servers said of themselves, by target.
    mutating func set(_ metrics: [ServerMetrics?]) {
        for (target, metrics) in zip(targets.indices, metrics) {
            targets[target].metrics = metrics
        }
    }

    /// As `summary.json` has them: an entry a server that was asked; null where none was.
    var serverMetricsJSON: JSONValue { list(\.json) }

    /// As `manifest.json` has them, with the samples.
    var wholeServerMetricsJSON: JSONValue { list(\.wholeJSON) }

    private func list(_ part: (ServerMetrics) -> JSONValue) -> JSONValue {
        let entries = targets.compactMap { target in
            target.metrics.map { metrics in
                JSONValue.object(
                    [JSONMember("target", .string(target.url))] + (part(metrics).members ?? []))
            }
        }
        return entries.isEmpty ? .null : .array(entries)
    }

    /// Adds to the targets what their servers said; manifests of before say nothing of it.
    mutating func addServerMetrics(of json: JSONValue) throws(JSONFieldError) {
        let entries = try json.optionalList("server_metrics") { entry throws(JSONFieldError) in
            (url: try entry.text("target"), metrics: try ServerMetrics(json: entry))
        }
        for entry in entries {
            let target = targets.firstIndex { $0.url == entry.url && $0.metrics == nil }
            if let target { targets[target].metrics = entry.metrics }
        }
    }
}
