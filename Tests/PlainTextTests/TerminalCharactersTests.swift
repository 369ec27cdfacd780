import PlainText
import Testing

@Suite struct TerminalCharactersTests {
    @Test(
        arguments: [
            ([:], .ascii), (["LANG": "C.UTF-8"], .unicode), (["LANG": "en_GB.utf8"], .unicode),
            (["LANG": "de_DE.UTF-8@euro"], .unicode), (["LANG": "C"], .ascii),
            (["LANG": "de_DE.ISO-8859-1"], .ascii), (["LANG": "C.UTF-8", "LC_ALL": "C"], .ascii),
            (["LANG": "C", "LC_ALL": "", "LC_CTYPE": "C.UTF-8"], .unicode),
        ] as [([String: String], TerminalCharacters)])
    func theLocaleSaysWhatATerminalShows(
        environment: [String: String], characters: TerminalCharacters
    ) {
        #expect(TerminalCharacters(environment: environment) == characters)
    }

    @Test func everyCharacterHasOneColumn() {
        let text = "a · b … ▁▂▃▄▅▆▇█ ░ ━─ ≥1 µs 名é"
        #expect(TerminalCharacters.unicode.shown(text) == text)
        let ascii = TerminalCharacters.ascii.shown(text)
        #expect(ascii == "a - b ~ .:-=+*%# . =- >1 us ??")
        #expect(ascii.count == text.count)
        #expect(
            TerminalCharacters.ascii.shown("\u{1b}[1mplain\u{1b}[0m\n")
                == "\u{1b}[1mplain\u{1b}[0m\n")
    }

    /// The bars of a sparkline are eight signs that differ.
    @Test func barsDiffer() {
        let bars = Figures.sparkline([1, 2, 3, 4, 5, 6, 7, 8])
        #expect(Set(TerminalCharacters.ascii.shown(bars)).count == Set(bars).count)
    }

    @Test(
        arguments: [
            (0, "0 %"), (1, "100 %"), (0.99996, "100 %"), (0.703, "70 %"), (0.9964, "99.6 %"),
            (0.034, "3.4 %"),
            (0.0061, "0.61 %"),
        ] as [(Double, String)])
    func sharesAreRough(share: Double, text: String) {
        #expect(Figures.roughPercent(share) == text)
    }
}
