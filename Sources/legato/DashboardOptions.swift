import ArgumentParser
import Dashboard
import DashboardServer
import EventLoop
import Foundation
import Results

/// The live page of a run, and its metrics.
struct DashboardOptions: ParsableArguments {
    @Option(
        name: .customLong("dashboard"),
        help: ArgumentHelp(
            """
            Serve a live page and /metrics (Prometheus) while the run goes on, such as at \
            127.0.0.1:8080; at the end the run's report, written as report.html, takes its place.
            """, valueName: "host:port"))
    var address: String?

    @Flag(
        name: .customLong("dashboard-token"),
        help: """
            Show the live page and the metrics to those alone who have the token that is printed \
            with the address; needed where other machines can reach it.
            """)
    var needsToken = false

    var isGiven: Bool { address != nil }

    func validate() throws {
        guard let address else {
            guard !needsToken else {
                throw ValidationError(
                    "--dashboard-token is about the live page; add --dashboard HOST:PORT, or drop "
                        + "it")
            }
            return
        }
        let place = try Self.place(address, "--dashboard")
        guard needsToken || Self.isLoopback(place.host) else {
            throw ValidationError(
                "--dashboard \(address) can be reached by other machines; add --dashboard-token, "
                    + "or write 127.0.0.1:\(place.port)")
        }
    }

    /// An address to listen on.
    static func place(_ text: String, _ option: String) throws -> HostPort {
        guard let place = HostPort(parsing: text) else {
            throw ValidationError(
                "\(option) is \"\(text)\"; write HOST:PORT, such as 127.0.0.1:8080")
        }
        return place
    }

    /// Whether the host is this one to itself; a name that is not known to be is not.
    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost"
            || SocketAddress(numeric: host, port: 0).map(\.isLoopback) ?? false
    }

    /// The server, which listens; nil where none is asked for, the process's end where it cannot.
    func server() -> DashboardServer? {
        guard let address, let place = HostPort(parsing: address) else { return nil }
        var generator = SystemRandomNumberGenerator()
        do throws(SystemError) {
            let server = try DashboardServer(
                at: place, token: needsToken ? ViewerToken(using: &generator) : nil,
                machine: ProcessInfo.processInfo.hostName)
            Console.note("live page: \(server.url)")
            return server
        } catch {
            Exit.now(Exit.failed, "--dashboard: \(error)")
        }
    }
}

/// The end of a run that is shown: its report, for the folder and for those who watch.
enum DashboardEnd {
    /// Writes the page of a run's folder and shows it; where it cannot be made that is said, and
    /// the run stays what it is.
    static func report(_ folder: String, verdict: String, on server: DashboardServer) {
        var page: [UInt8]?
        do throws(FileProblem) {
            page = try RunPage(folder).bytes
            if let page { try PageBytes.write(page, to: nil, orInto: folder) }
        } catch {
            Console.note("\(error)")
        }
        tell(folder, verdict: verdict, page, on: server)
    }

    /// Shows that the run, or all its repeats, are over.
    static func tell(
        _ folder: String, verdict: String, _ page: [UInt8]? = nil, on server: DashboardServer
    ) {
        server.end(
            LiveState.Ending(folder: folder, verdict: verdict, hasReport: page != nil),
            report: page)
        server.close()
    }
}
