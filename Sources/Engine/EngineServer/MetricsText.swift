import EngineModel

/// The engine's figures in the text format of Prometheus, version 0.0.4.
func metricsText(
    _ load: EngineLoad, _ lateness: DeliveryLateness, connections: Int, engine: String
) -> String {
    var text = ""
    func add(_ name: String, _ kind: String, _ help: String, _ value: String) {
        text += "# HELP legato_engine_\(name) \(help)\n# TYPE legato_engine_\(name) \(kind)\n"
        text += "legato_engine_\(name) \(value)\n"
    }
    text += "# HELP legato_engine_info What is simulated.\n# TYPE legato_engine_info gauge\n"
    text += "legato_engine_info{engine=\"\(engine)\"} 1\n"
    add("requests_running", "gauge", "Requests in the batch.", "\(load.running)")
    add("requests_waiting", "gauge", "Requests in the queue.", "\(load.waiting)")
    add("kv_cache_usage_ratio", "gauge", "Share of KV blocks held.", "\(load.keyValueUse)")
    add("kv_blocks_used", "gauge", "KV blocks held.", "\(load.usedBlocks)")
    add("kv_blocks_total", "gauge", "KV blocks.", "\(load.totalBlocks)")
    add("preemptions_total", "counter", "Requests put back into the queue.", "\(load.preemptions)")
    add("requests_finished_total", "counter", "Requests answered.", "\(load.finished)")
    add("requests_cancelled_total", "counter", "Requests whose client left.", "\(load.cancelled)")
    add("steps_total", "counter", "Iterations begun.", "\(load.steps)")
    add("generation_tokens_total", "counter", "Tokens made.", "\(load.generatedTokens)")
    add("prefill_tokens_total", "counter", "Prompt tokens computed.", "\(load.prefillTokens)")
    add("swaps_total", "counter", "Preemptions by copy to the host.", "\(load.swaps)")
    add(
        "prompt_tokens_total", "counter", "Tokens of the prompts that came.", "\(load.promptTokens)"
    )
    add(
        "prefix_cache_hit_tokens_total", "counter", "Prompt tokens found in the cache.",
        "\(load.cachedTokens)")
    add(
        "prefix_cache_achievable_tokens_total", "counter",
        "Prompt tokens that a cache without end would hold.", "\(load.cacheableTokens)")
    add("requests_abandoned_total", "counter", "Requests given up as late.", "\(load.abandoned)")
    add("connections", "gauge", "Open connections.", "\(connections)")
    add("deliveries_total", "counter", "Steps whose tokens were sent.", "\(lateness.deliveries)")
    add(
        "late_deliveries_total", "counter",
        "Steps whose tokens were sent more than 1 ms after their time.", "\(lateness.late)")
    add(
        "lateness_seconds_total", "counter", "Lateness of all deliveries added up.",
        "\(Double(lateness.totalNs) / 1e9)")
    add(
        "lateness_worst_seconds", "gauge", "Lateness of the worst delivery.",
        "\(Double(lateness.worstNs) / 1e9)")
    return text
}
