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
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A room of the house: a library module, its folder in `Sources` named by subject and room, and
/// what it imports.
func room(_ folder: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name(folder), dependencies: dependencies, path: "Sources/\(folder)",
        swiftSettings: strict)
}

/// A room that knows no clock, no file, no socket and no task, and imports none that does.
func pure(_ folder: String, _ dependencies: [Target.Dependency] = []) -> Target {
    room(folder, dependencies)
}

/// C of our own.
func c(_ folder: String) -> Target { .target(name: name(folder), path: "Sources/\(folder)") }

/// A library of the system's: declarations only.
func map(_ folder: String) -> Target {
    .systemLibrary(name: name(folder), path: "Sources/\(folder)")
}

func name(_ folder: String) -> String { String(folder.split(separator: "/").last!) }

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
    products: [
        .executable(name: "legato", targets: ["legato"]),
        .executable(name: "reproduce-paper", targets: ["reproduce-paper"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C maps, and C of our own: one instruction of the processor's, a thread's priority with
        // its signal handler, the floors that are measured against.
        map("System/CLibUV"),
        map("System/CZlib"),
        map("System/CMalloc"),
        map("System/COpenSSL"),
        c("Basics/CChecksum"),
        c("System/CPriority"),
        c("Show/CReceiver"),

        // Basics.
        pure("Basics/TimeBase"),
        pure("Basics/PlainText"),
        pure("Basics/Bytes", ["CChecksum"]),
        pure("Basics/JSON", ["PlainText"]),
        pure("Basics/Randomness"),

        // Measure: what is recorded, clocks, figures.
        pure("Measure/Goodput"),
        pure("Measure/Gaming", ["Goodput", "PlainText"]),
        pure("Measure/Loss", ["Goodput", "PlainText"]),
        pure("Measure/Sampling", ["Goodput", "PlainText"]),
        pure("Measure/Holding", ["Goodput", "PlainText", "Randomness"]),
        pure("Measure/ToolRules", ["Goodput", "PlainText"]),
        pure(
            "Measure/ForeignResults", ["Goodput", "JSON", "PlainText", "Sampling", "ToolRules"]),
        pure("Measure/ClockSync", ["TimeBase"]),
        pure("Measure/TokenLog", ["Bytes", "TimeBase"]),
        pure(
            "Measure/RunRecord",
            [
                "Bytes", "ClockSync", "Goodput", "Journal", "Sampling", "TimeBase", "TokenLog",
                "Wire", "Workload",
            ]),
        pure(
            "Measure/Timeline",
            [
                "ClockSync", "Goodput", "Journal", "PlainText", "RunRecord", "TimeBase",
                "TokenLog", "Wire",
            ]),
        pure(
            "Measure/Results",
            [
                "Bytes", "ClockSync", "ForeignResults", "Gaming", "Goodput", "Holding", "JSON",
                "Journal", "Loss", "PlainText", "RunRecord", "Sampling", "TimeBase", "Timeline",
                "TokenLog", "ToolRules", "Wire", "Workload", histogram,
            ]),

        pure(
            "Measure/Sweep",
            ["Goodput", "JSON", "Loss", "PlainText", "Results", "RunRecord", "Sampling"]),
        pure(
            "Measure/Compare",
            ["Goodput", "JSON", "Loss", "PlainText", "Results", "RunRecord", "Sampling"]),

        // Load: what is sent, and what a server's answer says.
        pure("Load/HTTP"),
        pure("Load/AnswerStream", ["HTTP", "JSON", "PlainText", "TokenLog"]),
        pure("Load/Workload", ["JSON", "Randomness", "TimeBase", deque, heap]),

        // Engine: a serving engine as a model.
        pure("Engine/EngineModel", ["JSON", "Randomness", deque, heap]),

        // Run: everything that decides, and the simulation that drives the same values.
        pure("Run/Wire", ["Bytes", "TimeBase", "TokenLog", "Workload"]),
        pure("Run/Journal", ["Bytes", "TimeBase"]),
        pure("Run/AgentCore", ["TimeBase", "TokenLog", "Wire", "Workload"]),
        pure(
            "Run/CoordinatorCore",
            [
                "Bytes", "ClockSync", "Journal", "PlainText", "RunRecord", "TimeBase", "TokenLog",
                "Wire", "Workload",
            ]),
        pure(
            "Run/Simulation",
            [
                "AgentCore", "Bytes", "ClockSync", "CoordinatorCore", "Goodput", "Journal",
                "PlainText",
                "Randomness", "RunRecord", "TimeBase", "TokenLog", "Wire", "Workload", deque, heap,
            ]),

        pure(
            "Run/VirtualLoad",
            [
                "EngineModel", "Goodput", "Randomness", "Results", "RunRecord", "TimeBase",
                "Timeline", "TokenLog", "Wire", "Workload", heap,
            ]),
        pure(
            "Run/Calibration",
            [
                "EngineModel", "Goodput", "JSON", "PlainText", "Results", "TimeBase", "TokenLog",
                "Workload",
            ]),

        // Show: text for people.
        pure("Show/OtherTools", ["JSON", "ToolRules"]),
        pure(
            "Show/Exports",
            [
                "Goodput", "JSON", "PlainText", "Results", "RunRecord", "TimeBase", "Timeline",
                "TokenLog",
                "ToolRules", "Workload",
            ]),
        pure("Show/Glossary", ["JSON", "PlainText"]),
        pure(
            "Show/Advice",
            ["Goodput", "Holding", "Loss", "PlainText", "Results", "Sampling", "TokenLog"]),
        pure("Show/Plot", ["PaperClaims", "PlainText", "Results", "Sweep"]),
        pure(
            "Show/Console",
            [
                "Advice", "ClockSync", "Compare", "ForeignResults", "Gaming", "Goodput", "Holding",
                "JSON",
                "Loss", "PlainText", "Results", "RunRecord", "Sampling", "Sweep", "TimeBase",
                "Timeline", "TokenLog", "ToolRules",
            ]),

        pure(
            "Show/Page",
            [
                "Advice", "Compare", "Console", "Gaming", "Goodput", "Holding", "JSON", "Loss",
                "PlainText", "Plot", "Randomness", "Results", "RunRecord", "Sampling", "Sweep",
                "TimeBase", "Timeline", "TokenLog", "Workload",
            ]),

        pure(
            "Show/Dashboard", ["AgentCore", "HTTP", "PlainText", "Results", "TokenLog", "Wire"]),

        // Rooms that touch the system.
        room("System/FileReading"),
        room("System/EventLoop", ["CLibUV", "TimeBase"]),
        room("System/TLSStream", ["COpenSSL"]),
        room("System/HTTPServer", ["EventLoop", "HTTP", "JSON", "TimeBase"]),
        room(
            "System/DashboardServer",
            [
                "AgentCore", "Dashboard", "EventLoop", "HTTP", "HTTPServer", "JSON", "Page",
                "Results", "TimeBase",
            ]),
        room("System/Host", ["EventLoop", "Journal", "Wire"]),
        room(
            "System/Storage",
            [
                "Bytes", "FileReading", "Goodput", "JSON", "Journal", "PlainText", "Results",
                "RunRecord", "ToolRules",
            ]),
        room(
            "System/Database",
            [
                "Goodput", "JSON", "Results", "RunRecord", "Storage", "TimeBase", "Timeline",
                "TokenLog", "Workload", grdb, grdbSQLite,
            ]),
        room(
            "Load/Scenario",
            ["EngineModel", "FileReading", "Goodput", "PlainText", "Workload", yams]),
        room(
            "Engine/EngineServer",
            [
                "EngineModel", "EventLoop", "HTTP", "HTTPServer", "JSON", "Randomness", "TimeBase",
                heap,
            ]),
        room(
            "Run/Transport",
            [
                "Bytes", "COpenSSL", "CZlib", "EventLoop", "TLSStream", "TimeBase", "TokenLog",
                "Wire",
            ]),
        room(
            "Run/ServingClient",
            [
                "AnswerStream", "EventLoop", "HTTP", "JSON", "PlainText", "TLSStream", "TimeBase",
                "TokenLog", "Workload", deque,
            ]),
        room(
            "Run/Agent",
            [
                "AgentCore", "AnswerStream", "Bytes", "CPriority", "EngineModel", "EngineServer",
                "EventLoop", "HTTP", "Host", "JSON", "Journal", "PlainText", "ServingClient",
                "Storage", "TimeBase", "TokenLog", "Transport", "Wire", "Workload", histogram,
            ]),
        room(
            "Run/Coordinator",
            [
                "Bytes", "ClockSync", "Console", "CoordinatorCore", "EventLoop", "Goodput", "Host",
                "Journal", "PlainText", "Results", "RunRecord", "Sampling", "Scenario", "Storage",
                "TimeBase", "TokenLog", "Transport", "Wire", "Workload",
            ]),
        room(
            "Show/Bench",
            [
                "Agent", "AgentCore", "Bytes", "CReceiver", "ClockSync", "Console", "Coordinator",
                "CoordinatorCore", "EngineModel", "EngineServer", "EventLoop", "Gaming",
                "Goodput", "Host", "JSON", "Journal", "Loss", "PlainText", "Randomness",
                "Results", "RunRecord", "Sampling", "ServingClient",
                "Storage", "TimeBase", "Timeline", "TokenLog", "ToolRules", "Transport", "Wire",
                "Workload", heap,
            ]),

        pure(
            "Show/PaperClaims",
            ["EngineModel", "Goodput", "PlainText", "Randomness", "Sampling"]),

        .executableTarget(
            name: "reproduce-paper", dependencies: ["Goodput", "PaperClaims", "Plot"],
            path: "Sources/Show/reproduce-paper", swiftSettings: strict),
        .executableTarget(
            name: "legato",
            dependencies: [
                "Agent", "AgentCore", "Bench", "Bytes", "CMalloc", "CZlib", "Calibration",
                "Compare",
                "Console", "Coordinator", "CoordinatorCore", "Dashboard", "DashboardServer",
                "Database", "EngineModel",
                "EngineServer", "EventLoop", "Exports", "FileReading", "Glossary", "Goodput",
                "Host", "JSON", "Loss", "OtherTools", "Page", "PlainText", "Plot",
                "Randomness",
                "Results", "RunRecord", "Sampling", "Scenario", "ServingClient", "Storage", "Sweep",
                "TLSStream", "TimeBase",
                "Timeline", "TokenLog", "ToolRules", "Transport", "VirtualLoad", "Wire",
                "Workload",
                argumentParser,
            ],
            swiftSettings: strict),

        // Fixtures that the tests of several rooms share.
        .target(name: "ByteCuts", path: "Tests/ByteCuts", swiftSettings: strict),
        .target(name: "DrawnValues", path: "Tests/DrawnValues", swiftSettings: strict),
        .target(
            name: "FormerSegments", dependencies: ["Bytes", "Journal"],
            path: "Tests/FormerSegments", swiftSettings: strict),
        .target(
            name: "LoopRuns", dependencies: ["EventLoop"], path: "Tests/LoopRuns",
            swiftSettings: strict),
        .target(
            name: "SampleRuns",
            dependencies: [
                "ClockSync", "Goodput", "JSON", "Results", "RunRecord", "Storage", "TimeBase",
                "Timeline", "TokenLog", "Workload",
            ],
            path: "Tests/SampleRuns", swiftSettings: strict),
        .target(
            name: "JournalSamples",
            dependencies: [
                "Bytes", "ClockSync", "Goodput", "JSON", "Journal", "Results", "RunRecord",
                "TimeBase", "TokenLog", "Wire", "Workload",
            ],
            path: "Tests/JournalSamples", swiftSettings: strict),
        .target(name: "Screens", path: "Tests/Screens", swiftSettings: strict),
        .target(name: "Scratch", path: "Tests/Scratch", swiftSettings: strict),
        .target(name: "ChildPrograms", path: "Tests/ChildPrograms", swiftSettings: strict),
        .target(
            name: "TargetFixtures",
            dependencies: [
                "COpenSSL", "EventLoop", "HTTP", "JSON", "TLSStream", "TimeBase",
            ],
            path: "Tests/TargetFixtures", swiftSettings: strict),
        tests("TimeBase"),
        tests("PlainText"),
        tests("Bytes", ["Randomness", "TokenLog"]),
        tests("JSON", ["Randomness"]),
        tests("Randomness", ["DrawnValues"]),
        tests("Goodput", ["Randomness"]),
        tests("Gaming", ["Goodput", "JSON", "Randomness", "Results"]),
        tests("Loss", ["Goodput", "JSON", "Randomness", "Results"]),
        tests("Sampling", ["Goodput", "Randomness"]),
        tests("Compare", ["Goodput", "Results", "Sampling"]),
        tests("Holding", ["EngineModel", "Goodput", "Randomness"]),
        tests("ToolRules", ["Goodput", "Randomness"]),
        tests(
            "ForeignResults", ["Goodput", "JSON", "Results", "Sampling", "ToolRules"]),
        tests("ClockSync", ["Randomness", "TimeBase"]),
        tests("TokenLog", ["Bytes", "Randomness", "TimeBase"]),
        tests(
            "RunRecord",
            [
                "Bytes", "ClockSync", "Goodput", "Journal", "JournalSamples", "Randomness",
                "Sampling", "Simulation", "TimeBase", "TokenLog", "Wire", "Workload",
            ]),
        tests(
            "Timeline",
            [
                "ClockSync", "Goodput", "Journal", "RunRecord", "TimeBase", "TokenLog",
            ]),
        tests(
            "Results",
            [
                "Bytes", "ClockSync", "Console", "FormerSegments", "Goodput", "Holding", "JSON",
                "Journal", "JournalSamples", "Loss", "PlainText", "Randomness", "RunRecord",
                "SampleRuns", "Sampling", "TimeBase", "Timeline", "TokenLog", "ToolRules", "Wire",
                "Workload",
            ]),
        tests("HTTP", ["ByteCuts", "Randomness"]),
        tests("AnswerStream", ["ByteCuts", "HTTP", "JSON", "Randomness", "TokenLog"]),
        tests(
            "Workload",
            ["AgentCore", "DrawnValues", "JSON", "PlainText", "Randomness", "TimeBase"]),
        tests("EngineModel", ["JSON", "Randomness"]),
        tests("PaperClaims", ["EngineModel", "Goodput"]),
        tests("Wire", ["Bytes", "Randomness", "TimeBase", "TokenLog", "Workload"]),
        tests("Journal", ["Bytes", "FormerSegments", "Randomness", "TimeBase"]),
        tests("AgentCore", ["Bytes", "TimeBase", "TokenLog", "Wire", "Workload"]),
        tests(
            "CoordinatorCore",
            [
                "Bytes", "ClockSync", "Goodput", "Journal", "Randomness", "RunRecord", "TimeBase",
                "TokenLog", "Wire", "Workload",
            ]),
        tests(
            "Simulation",
            ["AgentCore", "CoordinatorCore", "PlainText", "RunRecord", "TimeBase", "TokenLog"]),
        tests("OtherTools"),
        tests(
            "Advice",
            [
                "Goodput", "Holding", "Randomness", "Results", "RunRecord", "SampleRuns",
                "Sampling", "TimeBase", "TokenLog",
            ]),
        tests("Glossary", ["Results", "Sampling"]),
        tests(
            "Exports",
            [
                "Goodput", "Results", "RunRecord", "SampleRuns", "TimeBase", "TokenLog",
                "ToolRules", "Workload",
            ]),
        tests(
            "Console",
            [
                "Compare", "Goodput", "JSON", "Loss", "PlainText", "Randomness", "Results",
                "RunRecord", "SampleRuns", "Screens", "Sweep", "TimeBase", "Timeline", "TokenLog",
                "ToolRules",
            ]),
        tests("FileReading"),
        tests(
            "Dashboard",
            [
                "AgentCore", "ChildPrograms", "Goodput", "HTTP", "Results", "TimeBase", "TokenLog",
                "Wire", "Workload",
            ]),
        tests("DashboardServer", ["Dashboard", "EventLoop", "Results", "TimeBase"]),
        tests("Host", ["Wire"]),
        tests("EventLoop", ["LoopRuns", "TimeBase"]),
        tests("TLSStream", ["TargetFixtures"]),
        tests(
            "Storage",
            [
                "Bytes", "ChildPrograms", "Console", "CoordinatorCore", "FormerSegments", "Goodput",
                "JSON", "Journal", "JournalSamples", "Randomness", "Results", "RunRecord",
                "SampleRuns",
                "Scratch", "Simulation", "TimeBase", "TokenLog", "Wire",
            ]),
        tests(
            "Database",
            [
                "Goodput", "JSON", "Results", "RunRecord", "SampleRuns", "Scratch", "TimeBase",
                "TokenLog", "Workload", grdb,
            ]),
        tests("Scenario", ["EngineModel", "Goodput", "Randomness", "Workload"]),
        tests(
            "EngineServer",
            [
                "AnswerStream", "EngineModel", "EventLoop", "HTTPServer", "JSON", "TimeBase",
                "TokenLog",
            ]),
        tests("Transport", ["EventLoop", "LoopRuns", "Randomness", "TimeBase", "Wire"]),
        tests(
            "ServingClient",
            [
                "AnswerStream", "EventLoop", "HTTP", "JSON", "LoopRuns", "Randomness", "TLSStream",
                "TargetFixtures", "TimeBase", "TokenLog", "Workload",
            ]),
        tests(
            "Agent",
            [
                "AgentCore", "Bytes", "CPriority", "EngineServer", "EventLoop", "HTTP", "Host",
                "Journal", "LoopRuns", "Scratch", "ServingClient", "Storage", "TargetFixtures",
                "TimeBase", "TokenLog", "Transport", "Wire", "Workload",
            ]),
        tests(
            "Coordinator",
            [
                "Agent", "Bytes", "ClockSync", "CoordinatorCore", "EventLoop", "Goodput", "Host",
                "Journal", "PlainText", "Results", "RunRecord", "Scenario", "Scratch", "Storage",
                "TimeBase", "TokenLog", "Transport", "Wire", "Workload",
            ]),
        tests(
            "Plot",
            ["Goodput", "PaperClaims", "Results", "SampleRuns", "Sweep"]),
        tests(
            "Page",
            [
                "Compare", "Goodput", "JSON", "Loss", "Results", "RunRecord", "SampleRuns",
                "Sampling", "Sweep", "TimeBase", "TokenLog", "Workload",
            ]),
        tests("Sweep", ["Goodput", "JSON", "Results", "SampleRuns", "Sampling"]),
        tests(
            "VirtualLoad",
            [
                "Bytes", "Coordinator", "CoordinatorCore", "EngineModel", "Goodput", "Results",
                "RunRecord", "Sampling", "Scenario", "TimeBase", "TokenLog", "Transport",
                "Workload",
            ]),
        tests(
            "Calibration",
            [
                "EngineModel", "Goodput", "Randomness", "Results", "TimeBase", "TokenLog",
                "Workload",
            ]),
        tests(
            "Bench",
            [
                "ClockSync", "Console", "Goodput", "Host", "JSON", "PlainText", "Results",
                "TimeBase", "TokenLog", "Workload",
            ]),
        .testTarget(
            name: "LegatoTests",
            dependencies: [
                "ChildPrograms", "EventLoop", "HTTP", "JSON", "Journal", "OtherTools", "Screens",
                "TargetFixtures", "TimeBase", "Transport", "Wire", "legato", argumentParser,
            ],
            exclude: ["RunOfBatchFormat1"],
            swiftSettings: strict),
    ]
)
