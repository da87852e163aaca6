// swift-tools-version: 6.1
import PackageDescription

// Modules in the order in which a trace flows through them; each imports only
// those above it. See docs/architecture.md.
let package = Package(
  name: "fdtrack",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // The trace format: one C header, shared with the shim.
    .target(name: "FDTrackFormat", path: "CShim/format"),
    // elfutils' libdw and libelf, binutils' libiberty.
    .systemLibrary(name: "CElfutils", pkgConfig: "libdw", providers: [.apt(["libdw-dev"])]),
    .systemLibrary(name: "CLibiberty", providers: [.apt(["libiberty-dev"])]),

    // Bytes that nobody vouches for -> checked reads.
    .target(
      name: "TraceBytes",
      dependencies: [.product(name: "SystemPackage", package: "swift-system")]),
    // Checked reads -> the trace as values.
    .target(name: "TraceModel", dependencies: ["TraceBytes", "FDTrackFormat"]),
    // Text -> what call sites are to be left alone. Pure: no I/O, no symbols.
    .target(name: "Suppressions", dependencies: ["TraceModel"]),
    // The trace -> findings. Pure: no I/O, no symbols.
    .target(
      name: "LeakAnalysis", dependencies: ["TraceModel", "Suppressions"],
      // In the code, so that programs that are copied elsewhere have it.
      resources: [.embedInCode("known-holders.supp")]),
    // Code addresses -> functions and lines. Knows nothing of leaks.
    .target(name: "Symbolication", dependencies: ["CElfutils", "CLibiberty"]),
    // System calls and netlink layouts that Swift's Glibc module lacks.
    .target(name: "LinuxCalls"),
    // A running process -> what /proc and sock_diag tell of its descriptors.
    .target(
      name: "ProcessInspection",
      dependencies: [
        "LinuxCalls", "TraceModel", .product(name: "SystemPackage", package: "swift-system"),
      ]),
    // Findings and symbols -> text, Markdown, JSON, HTML. Knows nothing of files.
    .target(
      name: "Reporting",
      dependencies: ["LeakAnalysis", "ProcessInspection", "Suppressions", "Symbolication"],
      resources: [.embedInCode("HTML/page.css"), .embedInCode("HTML/page.js")]),
    // A live trace and keys -> lines of a screen. Pure: no I/O, no terminal.
    .target(name: "Watching", dependencies: ["TraceModel", "LeakAnalysis", "Reporting"]),
    // Starts the command of `fdtrack run`: what posix_spawn cannot do.
    .target(name: "CommandLaunch"),
    // The whole path, for both programs.
    .target(
      name: "CommandLineTools",
      dependencies: [
        "Reporting", "Suppressions", "FDTrackFormat", "CommandLaunch", "LinuxCalls",
        "ProcessInspection", "Watching",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .executableTarget(name: "fdtrack-report", dependencies: ["CommandLineTools"]),
    .executableTarget(name: "fdtrack", dependencies: ["CommandLineTools"]),

    .testTarget(
      name: "TraceModelTests",
      dependencies: ["TraceBytes", "TraceModel", "FDTrackFormat", "SeededRandom"]),
    .testTarget(name: "SuppressionsTests", dependencies: ["Suppressions"]),
    .testTarget(
      name: "LeakAnalysisTests",
      dependencies: [
        "LeakAnalysis", "TraceModel", "TraceBytes", "FDTrackFormat", "Suppressions", "SeededRandom",
      ]),
    .testTarget(name: "SymbolicationTests", dependencies: ["Symbolication", "SeededRandom"]),
    .testTarget(
      name: "ProcessInspectionTests",
      dependencies: [
        "ProcessInspection", "LinuxCalls", "TraceModel",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .testTarget(
      name: "ReportingTests",
      dependencies: [
        "Reporting", "ProcessInspection", "Suppressions", "FDTrackFormat", "SeededRandom",
      ]),
    .testTarget(name: "WatchingTests", dependencies: ["Watching", "TraceModel", "Reporting"]),
    .testTarget(
      name: "CommandLineToolsTests",
      dependencies: [
        "CommandLineTools", "FDTrackFormat", "LeakAnalysis", "LinuxCalls", "Reporting",
        "Symbolication", "TraceModel", "fdtrack",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .testTarget(name: "EndToEndTests", dependencies: ["SeededRandom"]),
    // Numbers that tests draw.
    .target(name: "SeededRandom", path: "Tests/SeededRandom"),

    // A trace held against strace's log of the same run: scripts/oracle.
    .target(name: "Oracle", dependencies: ["TraceModel"], path: "Tests/Oracle"),
    .executableTarget(
      name: "oracle-program",
      dependencies: ["Oracle", .product(name: "SystemPackage", package: "swift-system")],
      path: "Tests/OracleProgram"),
    // Symbols of a list of addresses: scripts/bench.
    .executableTarget(
      name: "symbolize-program", dependencies: ["Symbolication"], path: "Tests/SymbolizeProgram"),
    .testTarget(name: "OracleTests", dependencies: ["Oracle"]),
  ],
  swiftLanguageModes: [.v6]
)
