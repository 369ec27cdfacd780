import ChildPrograms
import Foundation
import Testing

@Suite("Completions of shells")
struct CompletionTests {
    @Test(
        "A real bash completes commands, options and values",
        arguments: [
            ("legato ", ["run", "agent", "score", "report", "token"]),
            ("legato rep", ["report"]), ("legato score --as-p", ["--as-printed-by"]),
            ("legato score --as-printed-by ", ["vllm", "sglang", "aiperf", "guidellm"]),
            ("legato run --request-r", ["--request-rate"]), ("legato check st", ["steady.yaml"]),
            ("legato run --penal", []),
        ] as [(String, [String])])
    func bash(line: String, offered: [String]) throws {
        try Program.withFolder { folder in
            let script = try Self.script("bash", in: folder)
            try Data().write(to: folder.appendingPathComponent("steady.yaml"))
            let asked = """
                cd "$1" && . "$2" || exit 1
                COMP_LINE=$3; COMP_POINT=${#COMP_LINE}
                read -r -a COMP_WORDS <<< "$COMP_LINE"
                [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                complete -p legato | grep -q -- '-F _legato legato' || exit 2
                _legato legato "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
                printf '%s\\n' "${COMPREPLY[@]}"
                """
            let result = try ChildProgram.run(
                "/bin/bash", ["-c", asked, "bash", folder.path, script, line])
            #expect(result.status == 0, "\(result.words)")
            let words = Set(
                result.words.split(separator: "\n")
                    .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty })
            #expect(words.isSuperset(of: offered), "\(line): \(words)")
            if offered.isEmpty { #expect(words.isEmpty, "\(line): \(words)") }
        }
    }

    @Test("Scripts for zsh and fish name every command", arguments: ["zsh", "fish"])
    func others(shell: String) throws {
        try Program.withFolder { folder in
            let script = try Self.script(shell, in: folder)
            let text = try String(contentsOfFile: script, encoding: .utf8)
            for command in ["run", "sweep", "compare", "explain", "bench"] {
                #expect(text.contains(command))
            }
            let path = "/usr/bin/\(shell)"
            guard FileManager.default.isExecutableFile(atPath: path) else { return }
            let syntax = try ChildProgram.run(path, ["-n", script])
            #expect(syntax.status == 0 && syntax.words.isEmpty, "\(syntax.words)")
        }
    }

    private static func script(_ shell: String, in folder: URL) throws -> String {
        let made = try Program.run(["--generate-completion-script", shell])
        try #require(made.status == 0, "\(made.errors)")
        let path = folder.path + "/legato.\(shell)"
        try made.output.write(to: URL(fileURLWithPath: path))
        return path
    }
}
