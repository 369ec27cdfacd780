package import AgentCore
import Dashboard
package import EventLoop
import HTTP
import HTTPServer

/// An agent's metrics, served from a thread of their own.
package final class MetricsServer: Sendable {
    private let thread: ServerThread
    private let figures: Guarded<AgentFigures>

    /// The address to scrape.
    package let url: String

    /// Listens on `place`; port 0 takes a free one.
    ///
    /// - Parameters:
    ///   - machine: This machine's name.
    ///   - figures: Facts that are known before the agent has begun.
    /// - Throws: the system's refusal, naming the address and what to do.
    package init(
        at place: HostPort, machine: String, _ figures: AgentFigures
    ) throws(SystemError) {
        let shared = Guarded(figures)
        self.figures = shared
        let names = Guarded<AnsweredNames?>(nil)
        thread = try ServerThread("metrics", at: place) { exchange in
            guard let names = names.withLock({ $0 }) else {
                return exchange.respond(.refusal(503, "the server is not ready yet"))
            }
            switch DashboardRoute(exchange.request, names: names, token: nil) {
            case .metrics(let format):
                let families = AgentMetrics.families(shared.withLock { $0 })
                exchange.respond(.metrics(families, as: format))
            case .refusal(let status, let sentence) where status != 404:
                exchange.respond(.refusal(status, sentence))
            case .page, .events, .state, .report, .refusal:
                exchange.respond(.refusal(404, "an agent has /metrics alone"))
            }
        }
        let bound = thread.localAddress
        names.withLock {
            $0 = AnsweredNames(
                host: place.host, isLoopback: bound.isLoopback, machine: machine)
        }
        url = "http://\(HostPort(host: place.host, port: bound.port))/metrics"
    }

    /// Tells `figures` from now on; any thread, at once.
    package func tell(_ figures: AgentFigures) { self.figures.withLock { $0 = figures } }

    /// Ends the server; once.
    package func close() { thread.close() }
}
