import Foundation

/// Where the project keeps what the tests run.
enum Project {
  static let root: String = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { url.deleteLastPathComponent() }
    return url.path
  }()

  static let product = root + "/.build/fdtrack"
  static let shim = product + "/libfdtrack.so"
  static let runner = product + "/fdtrack"
  static let reporter = product + "/fdtrack-report"

  /// The path of a test program, all of which are built at the first use.
  static func fixture(_ name: String) throws -> String {
    try builtFixtures.get() + "/" + name
  }

  private static let builtFixtures = Result {
    guard FileManager.default.fileExists(atPath: reporter) else {
      throw TestFailure("\(product) is missing: run scripts/build first")
    }
    let folder = root + "/.build/fixtures"
    let make = try run(
      ["/usr/bin/make", "-s", "-C", root + "/Tests/Fixtures", "BUILD=" + folder])
    guard make.status == .exit(0) else { throw TestFailure("make: \(make.errors)") }
    return folder
  }

  /// The commands that `fdtrack --help` lists: an indented word, then what it does.
  static func commands() throws -> [String] {
    let help = try run([runner, "--help"]).output
    guard let list = help.components(separatedBy: "SUBCOMMANDS:\n").dropFirst().first else {
      throw TestFailure("fdtrack --help lists no commands")
    }
    return list.components(separatedBy: "\n\n")[0].matches(of: /(?m)^  ([a-z-]+)/)
      .map { String($0.output.1) }
  }

  /// The number of the only line of a test program that holds `marker`.
  static func line(of marker: String, in fixture: String) throws -> Int {
    let source = try String(contentsOfFile: root + "/Tests/Fixtures/" + fixture, encoding: .utf8)
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    let hits = lines.indices.filter { lines[$0].contains(" \(marker)") }
    guard hits.count == 1, let hit = hits.first else {
      throw TestFailure("\(hits.count) lines of \(fixture) hold \"\(marker)\"")
    }
    return hit + 1
  }
}

/// Why a test could not go on.
struct TestFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
