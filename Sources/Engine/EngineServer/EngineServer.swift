package import EngineModel
package import EventLoop
import HTTP
package import HTTPServer
import JSON
import Randomness
import TimeBase

/// A simulated inference server that behaves like a real one: OpenAI's API over HTTP, in real time,
/// with the batching of ``EngineCore`` behind it.
///
/// Confined to its loop's thread; made and closed there. See the room's article for what it
/// answers.
package final class EngineServer {
    package struct Configuration: Hashable, Sendable {
        /// A numeric address, or a name.
        package var host = "127.0.0.1"
        /// 0 for a free port.
        package var port: UInt16 = 0
        package var options = EngineOptions()
        /// Names by which clients may call the model; the first is the one that answers carry.
        package var modelNames: [String]
        package var limits = HTTPServer.Limits()
        /// Where the engine's own send times are written; nil: nowhere.
        package var truthPath: String?

        /// A server on a free port of the loopback, for the model's short and published names.
        package init(options: EngineOptions = EngineOptions()) {
            self.options = options
            modelNames = [options.model.publishedName, options.model.rawValue]
        }
    }

    package let configuration: Configuration
    private let loop: EventLoop
    private let driver: EngineDriver
    private let truth: TruthLog?
    private var server: HTTPServer?
    private var ordinals: UInt64 = 0
    private var scratch: [UInt8] = []

    /// The port that the server listens on.
    package let localPort: UInt16

    /// Listens at once; the options have been validated.
    ///
    /// - Throws: the system's refusal of the port, a timer or the truth file.
    package init(loop: EventLoop, configuration: Configuration) throws(SystemError) {
        precondition(!configuration.modelNames.isEmpty, "A server's model has a name.")
        self.configuration = configuration
        self.loop = loop
        if let path = configuration.truthPath {
            truth = try TruthLog(path: path)
        } else {
            truth = nil
        }
        do {
            driver = try EngineDriver(
                loop: loop, options: configuration.options)
        } catch {
            truth?.close()
            throw error
        }
        let handler = Handler()
        let server: HTTPServer
        do {
            server = try HTTPServer(
                loop: loop, host: configuration.host, port: configuration.port,
                limits: configuration.limits,
                refusal: { APIError(status: $0.responseStatus, message: $0.detail).answer }
            ) { handler.body?($0) }
        } catch {
            driver.close()
            truth?.close()
            throw error
        }
        self.server = server
        localPort = server.localPort
        handler.body = { [unowned self] in handle($0) }
    }

    /// The closure that the HTTP server calls: the engine server exists only after it.
    private final class Handler {
        var body: ((HTTPExchange) -> Void)?
    }

    /// The engine's queues and totals.
    package var load: EngineLoad { driver.load }

    /// How punctual the tokens were.
    package var lateness: DeliveryLateness { driver.lateness }

    /// Why the truth file ends before its time, where it does.
    package var truthFailure: SystemError? { truth?.failure }

    /// Stops listening, closes all connections and ends the engine.
    package func close() {
        server?.close()
        server = nil
        driver.close()
        truth?.close()
    }

    // MARK: Routes

    private func handle(_ exchange: HTTPExchange) {
        switch (exchange.request.method, exchange.path) {
        case ("POST", "/v1/chat/completions"): complete(exchange, .chat)
        case ("POST", "/v1/completions"): complete(exchange, .completions)
        case ("GET", "/v1/models"): exchange.respond(.init(status: 200, json: models))
        case ("GET", "/health"): exchange.respond(.init(status: 200, type: .text))
        case ("GET", "/metrics"):
            let text = metricsText(
                load, lateness, connections: server?.connectionCount ?? 0,
                engine: configuration.options.description)
            exchange.respond(.init(status: 200, type: .prometheus, body: Array(text.utf8)))
        case (_, "/v1/chat/completions"), (_, "/v1/completions"):
            refuseMethod(exchange, allowed: "POST")
        case (_, "/v1/models"), (_, "/health"), (_, "/metrics"):
            refuseMethod(exchange, allowed: "GET")
        default:
            exchange.respond(
                APIError(status: 404, message: "There is nothing at this path.").answer)
        }
    }

    private func refuseMethod(_ exchange: HTTPExchange, allowed: String) {
        var answer = APIError(status: 405, message: "This path takes \(allowed) only.").answer
        answer.headers.append(HTTPField(name: "allow", value: allowed))
        exchange.respond(answer)
    }

    private var models: JSONValue {
        let created = createdSeconds
        return [
            "object": "list",
            "data": .array(
                configuration.modelNames.map { name in
                    [
                        "id": .string(name), "object": "model", "created": .integer(created),
                        "owned_by": "legato", "root": .string(name), "parent": nil,
                        "max_model_len": .integer(Int64(configuration.options.maxModelLen)),
                        "simulated": .string(configuration.options.description),
                    ]
                }),
        ]
    }

    private var createdSeconds: Int64 { SystemClocks.realtimePair().otherNs / 1_000_000_000 }

    // MARK: Completions

    private func complete(_ exchange: HTTPExchange, _ endpoint: CompletionRequest.Endpoint) {
        do throws(APIError) {
            let request = try CompletionRequest(
                endpoint: endpoint, body: exchange.request.body,
                hashesPrompt: configuration.options.prefixCache)
            try checkModel(request.model)
            let work = try engineRequest(for: request)
            let composer = EventComposer(
                request: request, output: work.outputTokens,
                thinking: configuration.options.thoughts, ordinal: work.id,
                model: configuration.modelNames[0],
                createdSeconds: createdSeconds, seed: configuration.options.seed)
            ordinals += 1
            if request.streams {
                stream(work, composer, to: exchange)
            } else {
                collect(work, composer, for: exchange)
            }
        } catch {
            exchange.respond(error.answer)
        }
    }

    private func checkModel(_ name: String?) throws(APIError) {
        guard let name, !configuration.modelNames.contains(name) else { return }
        throw APIError(
            status: 404,
            message: "The model `\(name.prefix(128))` does not exist. Valid names:"
                + " \(configuration.modelNames.joined(separator: ", ")).",
            parameter: "model")
    }

    /// How long the answer will be, and whether the engine can make it.
    private func engineRequest(for request: CompletionRequest) throws(APIError) -> EngineRequest {
        let options = configuration.options
        var output = request.maxTokens ?? max(1, options.maxModelLen - request.promptTokens)
        var ending = AnswerEnding.length
        if let mean = options.meanAnswerTokens, !request.ignoresEnd {
            var random = SplitMix64(seed: SplitMix64.draw(ordinals, of: options.seed))
            let natural = max(
                request.minTokens, NaturalLength(mean: mean).draw(using: &random))
            if natural < output {
                output = natural
                ending = .stop
            }
        }
        // The limit asked for must fit, as vLLM demands, also where the answer ends earlier.
        var work = EngineRequest(
            id: ordinals, promptTokens: request.promptTokens,
            outputTokens: request.maxTokens ?? output, ending: ending)
        do throws(SubmitError) {
            try driver.admissible(work)
        } catch {
            throw APIError(
                message: error.description,
                parameter: endpointParameter(request.endpoint))
        }
        work.outputTokens = output
        if var contents = request.prompt.contents {
            for index in 0..<output {
                let word = Vocabulary.word(seed: options.seed, ordinal: work.id, index: index)
                contents.append(TextPiece(seed: Vocabulary.seed(of: word), tokens: 1))
            }
            work.contents = contents.hashes
        }
        return work
    }

    private func endpointParameter(_ endpoint: CompletionRequest.Endpoint) -> String {
        endpoint == .chat ? "messages" : "prompt"
    }

    private func submit(
        _ work: EngineRequest, from exchange: HTTPExchange,
        receiver: @escaping EngineDriver.Receiver
    ) {
        do throws(SubmitError) {
            try driver.submit(work, receiver: receiver)
        } catch {
            preconditionFailure("A request that was admissible is taken: \(error)")
        }
        exchange.whenAborted = { [unowned self] in driver.cancel(work.id) }
    }

    /// Answers in events, one write each: one a token, unless tokens wait for each other.
    private func stream(
        _ work: EngineRequest, _ composer: EventComposer, to exchange: HTTPExchange
    ) {
        exchange.beginStream(type: .events)
        let name = truth == nil ? "" : exchange.request.headers.first(named: "x-request-id") ?? ""
        let interval = configuration.options.holding.streamInterval
        // Instants at which the unsent tokens were due.
        var unsent: [Int64] = []
        var made = 0
        var hasBegun = false
        submit(work, from: exchange) { [unowned self] delivery, dueNs in
            if let index = delivery.index {
                made = index + 1
                // Nothing tells of a hidden thought, and none is an answer's last token.
                if index < composer.hidden { return }
                unsent.append(dueNs)
            }
            guard !hasBegun && !unsent.isEmpty || unsent.count >= interval || delivery.finish != nil
            else { return }
            // The role comes with the first token, as from a server that has something to say.
            if !hasBegun, composer.request.endpoint == .chat {
                scratch.removeAll(keepingCapacity: true)
                composer.appendRole(to: &scratch)
                exchange.write(scratch)
            }
            hasBegun = true
            scratch.removeAll(keepingCapacity: true)
            composer.appendTokens(
                made - unsent.count..<made, finish: delivery.finish, to: &scratch)
            let sent = RawClock.now()
            exchange.write(scratch)
            for (place, dueNs) in unsent.enumerated() {
                truth?.record(
                    request: name, token: made - unsent.count + place, dueNs: dueNs, sent: sent)
            }
            unsent.removeAll(keepingCapacity: true)
            if delivery.finish != nil { end(exchange, composer, tokens: made) }
        }
    }

    private func end(_ exchange: HTTPExchange, _ composer: EventComposer, tokens: Int) {
        scratch.removeAll(keepingCapacity: true)
        if composer.request.includesUsage {
            composer.appendFinalUsage(completionTokens: tokens, to: &scratch)
        }
        exchange.end(after: scratch, EventComposer.done)
    }

    /// Answers in one piece, after the last token.
    private func collect(
        _ work: EngineRequest, _ composer: EventComposer, for exchange: HTTPExchange
    ) {
        var made = 0
        submit(work, from: exchange) { delivery, _ in
            if let index = delivery.index { made = index + 1 }
            guard let finish = delivery.finish else { return }
            exchange.respond(
                HTTPAnswer(
                    status: 200, json: composer.whole(completionTokens: made, finish: finish)))
        }
    }
}
