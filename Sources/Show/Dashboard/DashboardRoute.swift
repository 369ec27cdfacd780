package import HTTP

/// The answer to a request to the dashboard, by its kind.
package enum DashboardRoute: Hashable, Sendable {
    /// The page, which holds nothing of the run; after the end of one without a token, its report.
    case page
    /// The run's states as they come.
    case events
    /// The run's state, once.
    case state
    case metrics(Exposition)
    /// The run's report; there is one after its end.
    case report
    /// A sentence that says why not, and what to do.
    case refusal(status: UInt16, String)

    /// - Parameters:
    ///   - names: Those under which the server answers.
    ///   - token: nil where everybody who can reach it may look.
    package init(_ request: HTTPRequest, names: AnsweredNames, token: ViewerToken?) {
        let path = request.path.prefix { $0 != "?" }
        switch names.refusal(of: request, isNavigation: path == "/") {
        case .host:
            self = .refusal(
                status: 421,
                "this server does not answer under that name; open the address that legato printed")
            return
        case .origin:
            self = .refusal(status: 403, "pages of other sites may not look into this run")
            return
        case nil: break
        }
        guard request.method == "GET" || request.method == "HEAD" else {
            self = .refusal(status: 405, "only GET is answered here")
            return
        }
        // A stream has no end that a HEAD could wait for.
        let route = Self.route(path, request)
        if route == .events, request.method == "HEAD" {
            self = .refusal(status: 405, "only GET is answered here")
        } else if let token, !route.isOpen, !token.isShown(by: request) {
            self = .refusal(
                status: 401,
                "this run is shown to those with its token; open the whole address that legato "
                    + "printed, or send `Authorization: Bearer TOKEN`")
        } else {
            self = route
        }
    }

    private static func route(_ path: Substring, _ request: HTTPRequest) -> DashboardRoute {
        switch path {
        case "/": .page
        case "/events": .events
        case "/state": .state
        case "/metrics": .metrics(Exposition(accept: request.headers.elements(named: "accept")))
        case "/report.html": .report
        default:
            .refusal(
                status: 404, "there is nothing here; /, /state, /events, /metrics, /report.html are"
            )
        }
    }

    /// Whether it is given to those without the token, too.
    private var isOpen: Bool {
        switch self {
        case .page, .refusal: true
        case .events, .state, .metrics, .report: false
        }
    }
}
