import Plot

/// The mark of a system beside its name.
enum PageMark {
    static func markup(_ system: Int) -> Markup {
        .tag(
            "svg", ["class": "mark", "viewBox": "-6 -6 12 12", "aria-hidden": "true"],
            [
                .tag(
                    "path",
                    ["class": "f\(SystemMark.colour(system))", "d": SystemMark.shape(system)])
            ])
    }

    /// The mark and the name in the system's colour.
    static func named(_ system: Int, _ name: String) -> Markup {
        Markup([
            markup(system),
            .tag("span", ["class": "c\(SystemMark.colour(system)) names"], [Markup(name)]),
        ])
    }
}
