// swift-tools-version: 6.1
import PackageDescription

// The analyzer once more, built for libFuzzer and AddressSanitizer: flags that a
// package which others may depend on cannot have. `scripts/fuzz` builds and runs it.
let instrumented: [SwiftSetting] = [
  .unsafeFlags([
    "-sanitize=address", "-sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp",
  ])
]
let driver: [SwiftSetting] = [.unsafeFlags(["-parse-as-library", "-sanitize=fuzzer"])]
let linked: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer,address"])]

let package = Package(
  name: "fuzz",
  dependencies: [.package(url: "https://github.com/apple/swift-system", from: "1.8.1")],
  targets: [
    .target(name: "FDTrackFormat", path: "Format"),
    .systemLibrary(name: "CElfutils", path: "Modules/CElfutils", pkgConfig: "libdw"),
    .systemLibrary(name: "CLibiberty", path: "Modules/CLibiberty"),
    .target(
      name: "TraceBytes", dependencies: [.product(name: "SystemPackage", package: "swift-system")],
      path: "Modules/TraceBytes", swiftSettings: instrumented),
    .target(
      name: "TraceModel", dependencies: ["TraceBytes", "FDTrackFormat"],
      path: "Modules/TraceModel", swiftSettings: instrumented),
    .target(
      name: "Suppressions", dependencies: ["TraceModel"], path: "Modules/Suppressions",
      swiftSettings: instrumented),
    .target(
      name: "LeakAnalysis", dependencies: ["TraceModel", "Suppressions"],
      path: "Modules/LeakAnalysis", resources: [.embedInCode("known-holders.supp")],
      swiftSettings: instrumented),
    .target(
      name: "Symbolication", dependencies: ["CElfutils", "CLibiberty"],
      path: "Modules/Symbolication", swiftSettings: instrumented),
    .target(name: "LinuxCalls", path: "Modules/LinuxCalls"),
    .target(
      name: "ProcessInspection",
      dependencies: [
        "LinuxCalls", "TraceModel", .product(name: "SystemPackage", package: "swift-system"),
      ], path: "Modules/ProcessInspection",
      swiftSettings: instrumented + [.unsafeFlags(["-enable-testing"])]),
    .target(
      name: "Reporting",
      dependencies: ["LeakAnalysis", "ProcessInspection", "Suppressions", "Symbolication"],
      path: "Modules/Reporting",
      resources: [.embedInCode("HTML/page.css"), .embedInCode("HTML/page.js")],
      swiftSettings: instrumented),
    .target(
      name: "Watching", dependencies: ["TraceModel", "Reporting"], path: "Modules/Watching",
      swiftSettings: instrumented),
    .target(name: "FuzzDriver", path: "FuzzDriver"),
    .executableTarget(
      name: "TraceFuzz", dependencies: ["Reporting", "Watching", "FDTrackFormat", "FuzzDriver"],
      path: "TraceFuzz", swiftSettings: instrumented + driver, linkerSettings: linked),
    .executableTarget(
      name: "ProcFuzz", dependencies: ["Reporting", "ProcessInspection", "FuzzDriver"],
      path: "ProcFuzz", swiftSettings: instrumented + driver, linkerSettings: linked),
  ],
  swiftLanguageModes: [.v6]
)
