import Foundation
import Testing

@testable import EngineServer

/// The public Python client against the engine, where both it and an interpreter are installed
/// (`LEGATO_PYTHON` names another interpreter than `python3`).
@Suite("OpenAI's Python client", .enabled(if: OpenAIClient.isInstalled))
struct OpenAIClientTests {
    @Test("It lists models, streams a chat, completes, and knows the error")
    func client() async throws {
        let server = try await TestServer()
        let output = try OpenAIClient.run(
            """
            import openai, sys
            client = openai.OpenAI(base_url="http://127.0.0.1:\(server.port)/v1", api_key="none")
            model = client.models.list().data[0].id
            tokens, usage, finish = 0, None, None
            for event in client.chat.completions.create(
                    model=model, messages=[{"role": "user", "content": "one two three"}],
                    max_tokens=9, stream=True, stream_options={"include_usage": True}):
                for choice in event.choices:
                    tokens += bool(choice.delta.content)
                    finish = choice.finish_reason or finish
                usage = event.usage or usage
            print("chat", tokens, finish, usage.prompt_tokens, usage.completion_tokens)
            whole = client.completions.create(model=model, prompt=[1, 2, 3], max_tokens=4)
            print("whole", len(whole.choices[0].text.split()), whole.usage.total_tokens)
            try:
                client.completions.create(model="none", prompt="a")
            except openai.NotFoundError as error:
                print("error", error.status_code)
            """)
        #expect(output == "chat 9 length 13 9\nwhole 4 7\nerror 404\n")
        await server.close()
    }
}

enum OpenAIClient {
    private static var interpreter: String {
        ProcessInfo.processInfo.environment["LEGATO_PYTHON"] ?? "python3"
    }

    static let isInstalled = (try? run("import openai")) == ""

    private struct Failed: Error {
        var status: Int32
    }

    /// Runs a script and gives its standard output.
    static func run(_ script: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [interpreter, "-c", script]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(status: process.terminationStatus)
        }
        return String(decoding: data, as: UTF8.self)
    }
}
