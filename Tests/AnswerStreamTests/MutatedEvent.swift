import Randomness

@testable import AnswerStream

/// An event with a few bytes replaced or inserted, mostly in its holes.
func mutated(
    _ base: [UInt8], _ holes: EventHoles, using rng: inout SplitMix64
) -> [UInt8] {
    var event = base
    let fragments = [
        "x", "\\\"", "\"", "\\", "\\u0041", "\\u00", "\u{1}", "é", "", "0", "12", ",", "]", "[",
        "{", "}", ":", "null", "\",\"content\":\"", " ", "\n",
    ]
    for _ in 0..<Int.random(in: 1..<3, using: &rng) {
        let fragment = Array(fragments.randomElement(using: &rng)!.utf8)
        let range: Range<Int>
        switch Int.random(in: 0..<8, using: &rng) {
        case 0, 1: range = holes.text ?? 0..<0
        case 2: range = holes.ids ?? 0..<0
        case 3: range = holes.completion ?? 0..<0
        case 4: range = holes.total ?? holes.prompt ?? 0..<0
        case 5: range = holes.created ?? holes.id ?? 0..<0
        default:
            let start = Int.random(in: 0..<event.count, using: &rng)
            range = start..<min(event.count, start + Int.random(in: 0..<3, using: &rng))
        }
        guard range.upperBound <= event.count else { continue }
        if Bool.random(using: &rng) {
            event.replaceSubrange(range, with: fragment)
        } else {
            event.insert(contentsOf: fragment, at: range.lowerBound)
        }
    }
    return event
}
