import Testing
import TokenLog
import Workload

@testable import ServingClient

@Suite struct EndpointSearchTests {
    private func search(
        _ url: String, _ endpoint: Endpoint = .chat, isFixed: Bool = true, listing: Int? = nil
    ) throws -> EndpointSearch {
        EndpointSearch(
            try Target(parsing: url), endpoint, isEndpointFixed: isFixed, listing: listing)
    }

    private func answer(_ status: UInt16, at search: EndpointSearch) -> AskedRequest {
        AskedRequest(
            .post, search.current.path, status: status,
            error: status == 0 ? .closedEarly : .httpStatus, words: "\(status)")
    }

    /// Whether the request is to be posted again after an answer of this status.
    private func refuse(_ status: UInt16, _ search: inout EndpointSearch) -> Bool {
        search.refused(answer(status, at: search))
    }

    /// Where requests are posted to when the paths answer with these statuses in turn, 200 last.
    @Test(
        arguments: [
            ([], ["/v1/chat/completions"]), ([404], ["/v1/chat/completions", "/chat/completions"]),
            ([405], ["/v1/chat/completions", "/chat/completions"]),
            // Gateways answer 401 or 403 on paths that they do not know.
            ([403], ["/v1/chat/completions", "/chat/completions"]),
            ([500], ["/v1/chat/completions", "/chat/completions"]),
        ] as [([UInt16], [String])])
    func aBaseURLGetsItsVersionWhereTheServerHasIt(statuses: [UInt16], paths: [String]) throws {
        var search = try search("http://h")
        var asked = [search.current.path]
        for status in statuses {
            #expect(refuse(status, &search))
            asked.append(search.current.path)
        }
        search.answered()
        #expect(asked == paths && search.isSettled)
    }

    @Test(arguments: [400, 422, 429, 0] as [UInt16])
    func whatSpeaksOfTheBodyOrOfNothingSettles(status: UInt16) throws {
        var search = try search("http://h")
        #expect(!refuse(status, &search))
        #expect(search.isSettled)
        #expect(search.current.path == "/v1/chat/completions")
    }

    @Test func aListOfModelsSaysWhereToAskFirst() throws {
        #expect(try search("http://h", listing: 1).current.path == "/chat/completions")
        #expect(try search("http://h", listing: 0).current.path == "/v1/chat/completions")
    }

    @Test func theOtherEndpointIsAskedOnlyWhereThisOneIsNotThereAtAll() throws {
        var open = try search("http://h", isFixed: false)
        #expect(refuse(404, &open))
        #expect(refuse(405, &open))
        #expect(open.current == .init(endpoint: .completions, path: "/v1/completions"))
        var denied = try search("http://h", isFixed: false)
        #expect(refuse(401, &denied))
        #expect(!refuse(401, &denied))
        var fixed = try search("http://h/v1")
        #expect(!refuse(404, &fixed))
    }

    @Test func aServerThatFellOverIsAskedForLessThere() throws {
        var search = try search("http://h")
        #expect(refuse(500, &search))
        let last = answer(404, at: search)
        #expect(!refuse(404, &search))
        #expect(search.mayAcceptLess(after: last))
        #expect(search.current.path == "/v1/chat/completions" && search.asked.count == 2)
        var denied = try self.search("http://h/v1")
        let refusal = answer(401, at: denied)
        #expect(!refuse(401, &denied))
        #expect(!denied.mayAcceptLess(after: refusal))
    }

    @Test func anEndpointOfTheURLGoesBeforeOneThatNobodyNamed() throws {
        let search = try search("http://h/x/completions", isFixed: false)
        #expect(search.current == .init(endpoint: .completions, path: "/x/completions"))
    }

    @Test func wordsThatAreTheSameAreSaidOnce() {
        func asked(_ path: String, _ words: String) -> AskedRequest {
            AskedRequest(.post, path, status: 404, error: .httpStatus, words: words)
        }
        #expect(
            AskedRequest.list([asked("/a", "no"), asked("/b", "no"), asked("/c?key=k", "never")])
                == "POST /a and POST /b: no; POST /c?key=***: never")
    }
}
