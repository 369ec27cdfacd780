/// Rules about the load.
extension Translator {
    mutating func load(
        _ rule: ForeignOption.Rule, _ value: String, _ part: Arguments.Part, _ name: String
    ) {
        guard owned.contains("--request-rate") else { return keep(part, name) }
        switch rule {
        case .rate: if begins(.rate) { rate(name) }
        case .rampUp: if begins(.rampUp) { rampUp(name) }
        case .arrivalPattern: arrivalPattern(value, name)
        case .constraint: constraint(value, name)
        default: preconditionFailure("\(rule) is no rule of the load")
        }
    }

    private mutating func rate(_ name: String) {
        let rates = values(of: "--rate")
        guard rates.count <= 1, rates.first?.contains(",") != true else {
            return refuse("--rate", "is one rate here (--request-rate); run once for each")
        }
        let kind = self.value(of: "--rate-type")
        switch kind {
        case "synchronous": return emit("--max-concurrency", "1", for: "--rate-type")
        case "sweep":
            return refuse(
                "--rate-type", "`sweep` is several runs here, one for each --request-rate")
        case "throughput":
            return refuse(
                "--rate-type",
                "`throughput` sends all at once, `--request-rate inf` here, with "
                    + "--num-prompts or --max-concurrency")
        case nil, "poisson", "constant", "async", "concurrent": break
        case let other?:
            return refuse(
                "--rate-type",
                "`\(other)` has no twin here: give --request-rate or "
                    + "--max-concurrency")
        }
        guard let rate = rates.first else {
            return refuse("--rate-type", "needs --rate, which it says the meaning of")
        }
        if kind == "concurrent" { return plain(rate, .count, "--max-concurrency", "--rate") }
        emit("--request-rate", rate, for: "--rate")
        if kind == "constant" || kind == "async" { emit("--spacing", "even", for: "--rate-type") }
    }

    private mutating func rampUp(_ name: String) {
        guard let start = value(of: "--ramp-up-start-rps"),
            let end = value(of: "--ramp-up-end-rps")
        else {
            return refuse(
                name, "needs both ends; write them as a ramp, `--request-rate 4..12 --duration 60`")
        }
        guard value(of: "--ramp-up-strategy") ?? "linear" == "linear" else {
            return refuse(
                "--ramp-up-strategy",
                "is linear here; several stages of a scenario come near "
                    + "another")
        }
        emit("--request-rate", "\(start)..\(end)", for: name)
    }

    private mutating func arrivalPattern(_ value: String, _ name: String) {
        switch value {
        case "constant": emit("--spacing", "even", for: name)
        // Gamma's shape is an option of its own, and Poisson is the shape 1.
        case "poisson", "gamma": emit("--spacing", "random", for: name)
        default:
            refuse(name, "`\(value)` has no twin here: --spacing is random or even")
        }
    }

    private mutating func constraint(_ value: String, _ name: String) {
        guard let pairs = KeyedValues(value) else {
            return refuse(name, "is one of --duration and --num-prompts here")
        }
        switch pairs["kind"] {
        case "max_duration" where pairs["seconds"] != nil:
            plain(pairs["seconds"] ?? "", .seconds, "--duration", name)
        case "max_requests" where pairs["count"] != nil:
            plain(pairs["count"] ?? "", .count, "--num-prompts", name)
        default:
            refuse(
                name,
                "is max_duration with `seconds` (--duration here) or max_requests with "
                    + "`count` (--num-prompts); the others have no twin")
        }
    }
}
