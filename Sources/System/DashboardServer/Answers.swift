import Dashboard
import HTTP
import HTTPServer

extension HTTPAnswer {
    /// Fields of every answer: no cache keeps it, no other type is guessed, no frame holds it.
    static let guarding = [
        HTTPField(name: "cache-control", value: "no-store"),
        HTTPField(name: "x-content-type-options", value: "nosniff"),
        HTTPField(name: "x-frame-options", value: "DENY"),
        HTTPField(name: "cross-origin-resource-policy", value: "same-origin"),
        HTTPField(name: "referrer-policy", value: "no-referrer"),
    ]

    static func guarded(_ type: MediaType, _ body: [UInt8]) -> HTTPAnswer {
        HTTPAnswer(status: 200, type: type, headers: guarding, body: body)
    }

    static func metrics(_ families: [MetricFamily], as format: Exposition) -> HTTPAnswer {
        let type: MediaType =
            switch format {
            case .prometheus: .prometheus
            case .openMetrics: .openMetrics
            }
        return guarded(type, Array(format.text(families).utf8))
    }

    /// A sentence why not.
    static func refusal(_ status: UInt16, _ sentence: String) -> HTTPAnswer {
        var headers = guarding
        switch status {
        case 401: headers.append(HTTPField(name: "www-authenticate", value: "Bearer"))
        case 405: headers.append(HTTPField(name: "allow", value: "GET"))
        case 503: headers.append(HTTPField(name: "retry-after", value: "2"))
        default: break
        }
        return HTTPAnswer(
            status: status, type: .text, headers: headers, body: Array((sentence + "\n").utf8))
    }
}
