import ChildPrograms
import Foundation
import Glibc

/// A real browser that is steered and listened to while a page changes, over Chromium's debugging
/// pipe: its descriptors 3 and 4, a JSON message up to each zero byte.
final class WatchedBrowser {
    private let program: ChildProgram
    private let writing: Int32
    private let reading: Int32
    private var held: [UInt8] = []
    private var lastID = 0
    private var session = ""
    /// Addresses that were asked for, in order.
    private(set) var requests: [String] = []
    /// Errors and warnings of the console, and exceptions.
    private(set) var complaints: [String] = []

    /// nil where there is no browser.
    init?(in folder: URL) throws {
        guard let path = Browser.path else { return nil }
        var (input, output): ([Int32], [Int32]) = ([0, 0], [0, 0])
        guard pipe(&input) == 0, pipe(&output) == 0 else { return nil }
        writing = input[1]
        reading = output[0]
        // The shell moves the pipes to where Chromium looks for them.
        program = try ChildProgram(
            "/bin/sh",
            [
                "-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null", path,
                "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
                "--window-size=1200,1000", "--user-data-dir=\(folder.path)/watched", "about:blank",
            ], input: input[0], output: output[1])
        close(input[0])
        close(output[1])
        let target = call("Target.createTarget", ["url": "about:blank"])["targetId"] as? String
        let attached = call(
            "Target.attachToTarget", ["targetId": target ?? "", "flatten": true])
        session = attached["sessionId"] as? String ?? ""
        for domain in ["Page", "Runtime", "Network", "Log"] { call("\(domain).enable") }
    }

    deinit {
        kill(program.pid, SIGKILL)
        program.wait()
        close(writing)
        close(reading)
    }

    func open(_ url: String) { call("Page.navigate", ["url": url]) }

    /// The value of an expression in the page, as text.
    func value(_ expression: String) -> String {
        let told = call(
            "Runtime.evaluate", ["expression": "String(\(expression))", "returnByValue": true])
        return (told["result"] as? [String: Any])?["value"] as? String ?? ""
    }

    /// Waits until an expression is true, at most `limit` seconds.
    func wait(_ expression: String, limit: Double = 60) -> Bool {
        let deadline = Date().addingTimeInterval(limit)
        while Date() < deadline {
            if value(expression) == "true" { return true }
            usleep(50_000)
        }
        return false
    }

    /// Calls a method of the protocol and waits for its result.
    @discardableResult
    private func call(_ method: String, _ parameters: [String: Any] = [:]) -> [String: Any] {
        lastID += 1
        var message: [String: Any] = ["id": lastID, "method": method, "params": parameters]
        if !session.isEmpty { message["sessionId"] = session }
        guard var bytes = try? Array(JSONSerialization.data(withJSONObject: message)) else {
            return [:]
        }
        bytes.append(0)
        guard write(writing, bytes, bytes.count) == bytes.count else { return [:] }
        while let told = next() {
            if told["id"] as? Int == lastID { return told["result"] as? [String: Any] ?? [:] }
            heard(told)
        }
        return [:]
    }

    private func heard(_ event: [String: Any]) {
        let parameters = event["params"] as? [String: Any] ?? [:]
        switch event["method"] as? String {
        case "Network.requestWillBeSent":
            let request = parameters["request"] as? [String: Any]
            requests.append(request?["url"] as? String ?? "")
        case "Runtime.exceptionThrown": complaints.append("\(parameters)")
        case "Runtime.consoleAPICalled":
            complaints.append("\(parameters["type"] ?? ""): \(parameters["args"] ?? "")")
        case "Log.entryAdded":
            let entry = parameters["entry"] as? [String: Any] ?? [:]
            complaints.append("\(entry["text"] ?? "") \(entry["url"] ?? "")")
        default: break
        }
    }

    /// The next message; nil at the browser's end, or after a minute of silence.
    private func next() -> [String: Any]? {
        while true {
            if let end = held.firstIndex(of: 0) {
                let message = Data(held[..<end])
                held.removeFirst(end + 1)
                return (try? JSONSerialization.jsonObject(with: message)) as? [String: Any] ?? [:]
            }
            var ready = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 60_000) > 0 else { return nil }
            let part = LoopbackSocket.read(reading)
            guard !part.isEmpty else { return nil }
            held += part
        }
    }
}
