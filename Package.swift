// swift-tools-version: 6.2
import PackageDescription

// Every module is compiled in language mode 6, with warnings as errors and explicit imports: the
// directions in which the rooms may look at each other are the dependency lists below, and
// `--explicit-target-dependency-import-check error` (tools/test, tools/quickstart) makes them real.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A room of the house: a library module and what it may import.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of a room, with what they import beside it.
func tests(
    _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil
) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies,
        resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "legato",
    products: [.executable(name: "legato", targets: ["legato"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C maps: declarations only.
        .systemLibrary(name: "CLibUV"),
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "COpenSSL"),

        // C of our own: the floors that are measured against, one instruction of the processor's,
        // and a thread's priority with its signal handler.
        .target(name: "CReceiver"),
        .target(name: "CChecksum"),
        .target(name: "CPriority"),

        // Pure rooms: no clock, no I/O, no tasks.
        room("TimeBase"),
        room("PlainText"),
        room("JSON", ["PlainText"]),
        room("Goodput"),
        room("ClockSync", ["TimeBase"]),
        room("TokenLog", ["CChecksum", "TimeBase"]),
        room("HTTPStream", ["JSON", "PlainText", "TokenLog"]),
        room("OtherTools", ["JSON"]),
        room("Workload", ["TimeBase", "JSON", heap, deque]),
        room("EngineModel", [heap, deque]),
        room("Wire", ["TimeBase", "TokenLog", "Workload"]),
        room("Journal", ["TimeBase", "TokenLog"]),
        room("AgentCore", ["TimeBase", "TokenLog", "Wire", "Workload", "Journal", heap, deque]),
        room(
            "CoordinatorCore",
            [
                "PlainText", "TimeBase", "TokenLog", "Wire", "Workload", "Journal", "ClockSync",
                heap, deque,
            ]),
        room(
            "Simulation",
            [
                "TimeBase", "TokenLog", "Wire", "Workload", "Journal", "ClockSync", "AgentCore",
                "CoordinatorCore", heap, deque,
            ]),

        // Rooms that touch the system.
        room("FileReading"),
        room("EventLoop", ["CLibUV", "TimeBase"]),
        room("TLSStream", ["COpenSSL"]),
        room(
            "Transport",
            ["EventLoop", "TLSStream", "Wire", "TokenLog", "TimeBase", "CZlib", "COpenSSL"]),
        room("Storage", ["FileReading", "Journal", "TimeBase", "TokenLog"]),
        room(
            "ServingClient",
            [
                "EventLoop", "HTTPStream", "JSON", "TLSStream", "TokenLog", "TimeBase", "Workload",
                deque,
            ]),
        room(
            "EngineServer", ["EventLoop", "HTTPStream", "JSON", "EngineModel", "TimeBase", deque]),
        room(
            "Scenario",
            [
                "FileReading", "Workload", "EngineModel", "Goodput", "PlainText", "TimeBase", yams,
            ]),
        room(
            "Report",
            [
                "FileReading", "Goodput", "JSON", "PlainText", "TimeBase", "TokenLog", "Workload",
                "ClockSync", histogram, heap, deque,
            ]),
        room(
            "Agent",
            [
                "AgentCore", "CPriority", "EventLoop", "Transport", "Storage", "ServingClient",
                "EngineServer",
                "HTTPStream", "JSON", "EngineModel", "TLSStream", "Wire", "Workload", "TokenLog",
                "TimeBase", "Journal", "ClockSync", logging, histogram,
            ]),
        room(
            "Coordinator",
            [
                "CoordinatorCore", "EventLoop", "Transport", "Storage", "Wire", "Workload",
                "TokenLog", "TimeBase", "Journal", "ClockSync", "Report", "Goodput", "JSON",
                "PlainText", "Scenario", logging, histogram,
            ]),

        room(
            "Bench",
            [
                "Agent", "CReceiver", "ClockSync", "Coordinator", "CoordinatorCore", "EngineModel",
                "EngineServer", "EventLoop", "Goodput", "JSON", "Report", "ServingClient",
                "TimeBase", "TokenLog", "Transport", "Wire", "Workload",
            ]),

        .executableTarget(
            name: "legato",
            dependencies: [
                "Agent", "AgentCore", "Bench", "Coordinator", "CoordinatorCore", "EngineServer",
                "EngineModel", "EventLoop", "FileReading", "Goodput", "JSON", "OtherTools",
                "PlainText",
                "ServingClient",
                "Report", "Scenario", "TLSStream", "TokenLog", "Transport", "TimeBase", "Wire",
                "Workload",
                argumentParser,
                logging,
            ],
            swiftSettings: strict),

        // What several rooms' tests share.
        .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: strict),
        .target(
            name: "TargetFixtures",
            dependencies: [
                "COpenSSL", "EventLoop", "HTTPStream", "JSON", "TLSStream", "TimeBase",
            ],
            path: "Tests/TargetFixtures", swiftSettings: strict),
        tests("TimeBase"),
        tests("PlainText"),
        tests("JSON", ["SeededRandom"]),
        tests("Goodput", ["SeededRandom"]),
        tests("ClockSync", ["TimeBase"]),
        tests("TokenLog", ["SeededRandom", "TimeBase"]),
        tests("HTTPStream", ["JSON", "SeededRandom", "TokenLog"]),
        tests("OtherTools"),
        tests("Workload", ["TimeBase"]),
        tests("EngineModel"),
        tests("Wire", ["SeededRandom", "TimeBase", "TokenLog", "Workload"]),
        tests("Journal", ["TimeBase", "TokenLog"]),
        tests("AgentCore", ["TimeBase", "TokenLog", "Wire", "Workload", "Journal"]),
        tests(
            "CoordinatorCore",
            ["TimeBase", "TokenLog", "Wire", "Workload", "Journal", "ClockSync"]),
        tests(
            "Simulation",
            ["TimeBase", "TokenLog", "Wire", "Workload", "Journal", "AgentCore", "CoordinatorCore"]
        ),
        tests("FileReading"),
        tests("EventLoop", ["TimeBase"]),
        tests("TLSStream", ["TargetFixtures"]),
        tests("Transport", ["EventLoop", "SeededRandom", "Wire", "TimeBase"]),
        tests("Storage", ["Journal", "SeededRandom", "TimeBase", "TokenLog"]),
        tests(
            "ServingClient",
            [
                "EventLoop", "HTTPStream", "JSON", "SeededRandom", "TLSStream", "TargetFixtures",
                "TokenLog", "TimeBase", "Workload",
            ]),
        tests(
            "EngineServer",
            ["EventLoop", "HTTPStream", "EngineModel", "TimeBase", "TokenLog"]),
        tests("Scenario", ["Workload", "EngineModel", "Goodput", "TimeBase"]),
        tests(
            "Report",
            ["ClockSync", "Goodput", "JSON", "SeededRandom", "TimeBase", "TokenLog", "Workload"]),
        tests(
            "Agent",
            [
                "AgentCore", "CPriority", "EngineServer", "EventLoop", "ServingClient",
                "TargetFixtures", "Wire", "Workload", "TokenLog", "TimeBase",
            ]),
        tests(
            "Coordinator",
            [
                "Agent", "ClockSync", "CoordinatorCore", "EventLoop", "Report", "Scenario",
                "Transport",
                "Wire", "Workload", "TokenLog", "TimeBase",
            ]),
        tests(
            "Bench",
            ["ClockSync", "Goodput", "JSON", "Report", "TimeBase", "TokenLog", "Workload"]),
        .testTarget(
            name: "LegatoTests",
            dependencies: [
                "legato", "EventLoop", "HTTPStream", "JSON", "Journal", "OtherTools",
                "TargetFixtures", "TimeBase", "Transport", "Wire",
            ],
            exclude: ["RunOfBatchFormat1"],
            swiftSettings: strict),
    ]
)
