package import ToolRules

/// An option of other tools, and what becomes of it here: the one list (``ForeignOption/all``) is
/// what ``ArgumentTranslation`` goes by and what the table of the documentation shows.
package struct ForeignOption: Hashable, Sendable {
    /// As typed, with their dashes; a `*` at the end stands for any ending.
    package var names: [String]
    package var tools: [Tool]
    package var twin: Twin

    /// The counterpart that does the same here.
    package enum Twin: Hashable, Sendable {
        /// Option `name` with the value, read as `form`.
        case option(String, Form)
        /// A member of that name in every request's body.
        case member(String)
        /// Always so here: the option is taken and does nothing; why, in words.
        case always(String)
        /// Options that depend on more than this one's value.
        case rule(Rule)
        /// Nothing; what does it here, as a sentence that follows the option's name.
        case none(String)
    }

    /// The kind of value that the option takes there.
    package enum Form: Hashable, Sendable {
        case text
        /// A whole number; lists of them are sweeps, which one run is not.
        case count
        /// Tokens: a whole number, or a law of lengths, which other tools do not have.
        case tokens
        /// Seconds where no unit is written.
        case seconds
        /// A number of requests; 0 is none.
        case requests
        /// One name; a list of them is refused with the way to have several.
        case model
    }

    /// Translations that look at other options, or into the value.
    package enum Rule: Hashable, Sendable, CaseIterable {
        /// `--host` and `--port` are one URL.
        case hostAndPort
        /// A path goes to the URLs where it is not the usual one; its end says which API.
        case endpointPath
        /// The API by other tools' names.
        case endpointType
        /// guidellm's `--rate` means what `--rate-type` says.
        case rate
        case rampUp
        case arrivalPattern
        case headers
        /// The name in the API goes before `--model`, which then names a tokenizer alone.
        case servedModel
        case syntheticData
        case constraint
        case extraInputs
    }

    init(_ names: [String], _ tools: [Tool], _ twin: Twin) {
        self.names = names
        self.tools = tools
        self.twin = twin
    }

    /// Whether the option takes a value, so that the argument behind it is no other.
    var takesValue: Bool {
        if case .always = twin { return false }
        return true
    }

    /// Whether `name`, with its dashes, is one of the option's.
    func isNamed(_ name: String) -> Bool {
        names.contains { each in
            each.hasSuffix("*") ? name.hasPrefix(each.dropLast()) : each == name
        }
    }

    /// The option of that name, if another tool has it: one of that very name before a family's.
    package static func named(_ name: String) -> ForeignOption? {
        all.first { $0.names.contains(name) } ?? all.first { $0.isNamed(name) }
    }

    /// Every option, by subject.
    package static let all =
        servers + load + lengths + prompts + requestBody + measures + results + machinery
}
