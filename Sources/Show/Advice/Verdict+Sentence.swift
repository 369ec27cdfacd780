package import Results

extension Verdict {
    /// The verdict at the begin of a sentence.
    package var title: String {
        switch self {
        case .valid: "Valid"
        case .simulated: "Simulated"
        case .partial: "Partial"
        case .notValid: "Not valid"
        }
    }

    /// Its meaning, the rest of the sentence.
    package var meaning: String {
        switch self {
        case .valid: "every clock bound, no record lost, the client never the limit."
        case .simulated: "servers and clients are models, in virtual time."
        case .partial: "some of this run is missing or not valid."
        case .notValid: "use none of these figures before the causes below are gone."
        }
    }
}
