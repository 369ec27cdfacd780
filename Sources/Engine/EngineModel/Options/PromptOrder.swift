/// The order in which requests that wait are admitted.
package enum PromptOrder: String, NamedChoice {
    /// First come, first served.
    case firstCome = "fcfs"
    /// The shortest prompt first, equal ones in the order of arrival: what is known of a request's
    /// work before it runs.
    case shortestPrompt = "shortest-prompt"

    package static let noun = "prompt order"

    /// The choice where the words stand apart.
    package static func alias(_ name: String) -> PromptOrder? {
        name.lowercased() == "shortest prompt" ? .shortestPrompt : nil
    }
}
