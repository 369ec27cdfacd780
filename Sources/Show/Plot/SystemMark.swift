/// The colour and the mark of a system, by the order in which it was named: the same on every page
/// and in every drawing.
package enum SystemMark {
    /// Red is for readers who wait, and no system's.
    package static let colours: [(light: String, dark: String)] = [
        ("#1d5fa6", "#74b0f2"), ("#a56200", "#e7a33e"), ("#1b7a69", "#5cc4b0"),
        ("#7a4fa3", "#c09be8"),
    ]

    /// Paths about the origin, some 9 pixels wide: disc, diamond, square, triangle.
    package static let shapes = [
        "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0 -4 0Z", "M0 -5.4L5.4 0L0 5.4L-5.4 0Z",
        "M-3.7 -3.7H3.7V3.7H-3.7Z", "M0 -5L4.7 3.6H-4.7Z",
    ]

    /// The index of a system's colour.
    package static func colour(_ system: Int) -> Int { system % colours.count }

    /// The path of a system's mark; above four systems a colour comes again with another mark.
    package static func shape(_ system: Int) -> String {
        shapes[(system + system / colours.count) % shapes.count]
    }
}
