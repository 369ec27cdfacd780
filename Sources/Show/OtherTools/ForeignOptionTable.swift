import ToolRules

extension ForeignOption {
    /// The list as a table in Markdown, a row an option or a family, in the list's order.
    package static var table: String {
        let head = "| there | of | here |\n| --- | --- | --- |\n"
        return head
            + all.map { option in
                let names = option.names.map { "`\($0)`" }.joined(separator: ", ")
                let tools = option.tools.map(\.command).joined(separator: ", ")
                return "| \(names) | \(tools) | \(option.twin.words) |\n"
            }.joined()
    }
}

extension ForeignOption.Twin {
    /// Words for what becomes of the option: a cell of the table.
    var words: String {
        switch self {
        case .option(let name, .text): "`\(name)`"
        case .option(let name, .count): "`\(name)`, one whole number"
        case .option(let name, .tokens): "`\(name)`, one whole number, a range or a law"
        case .option(let name, .seconds): "`\(name)`, seconds where no unit is written"
        case .option(let name, .requests): "`\(name) \"N requests\"`"
        case .option(let name, .model): "`\(name)`, one name"
        case .member(let name): "`--extra-body '{\"\(name)\": ...}'`"
        case .always(let why): "always so: \(why)"
        case .rule(let rule): rule.words
        case .none(let sentence): "not taken: \(sentence)"
        }
    }
}

extension ForeignOption.Rule {
    /// Words for what the rule makes of its options, for the table.
    var words: String {
        switch self {
        case .hostAndPort:
            "`--url http://HOST:PORT`, with 127.0.0.1 and 8000 where one of them is left out"
        case .endpointPath:
            "`--endpoint chat` or `completions`, by the path's end; a path other than "
                + "`/v1/chat/completions` and `/v1/completions` goes behind the URL"
        case .endpointType: "`--endpoint chat` or `completions`"
        case .rate:
            "`--request-rate` (`poisson`), that with `--spacing even` (`constant`, `async`), "
                + "`--max-concurrency` (`concurrent`; 1 for `synchronous`)"
        case .rampUp: "`--request-rate START..END`, which is linear"
        case .arrivalPattern: "`--spacing even` (`constant`) or `random` (`poisson`, `gamma`)"
        case .headers: "`--header \"NAME: VALUE\"`, as NAME=VALUE too"
        case .servedModel: "`--model`; a `--model` beside it names a tokenizer and is left out"
        case .syntheticData:
            "`--input-len` and `--output-len`, as numbers or laws; a file is `--prompts`"
        case .constraint: "`--duration` (`max_duration`) or `--num-prompts` (`max_requests`)"
        case .extraInputs:
            "`--extra-body`, from KEY:VALUE or an object; `ignore_eos` is `--ignore-eos`"
        }
    }

    /// The options that the rule may write.
    package var targets: [String] {
        switch self {
        case .hostAndPort: ["--url"]
        case .endpointPath: ["--endpoint", "--url"]
        case .endpointType: ["--endpoint"]
        case .rate: ["--request-rate", "--max-concurrency", "--spacing"]
        case .rampUp: ["--request-rate"]
        case .arrivalPattern: ["--spacing"]
        case .headers: ["--header"]
        case .servedModel: ["--model"]
        case .syntheticData: ["--input-len", "--output-len", "--prompts"]
        case .constraint: ["--duration", "--num-prompts"]
        case .extraInputs: ["--extra-body", "--ignore-eos", "--no-ignore-eos"]
        }
    }
}
