import Foundation
import Testing

@Suite("Code that is made as the program runs")
struct GeneratedCodeTests {
  /// Runs the fixture under the name of an interpreter, and hands over the trace and a perf map.
  private func withRun(
    _ arguments: String..., body: (_ trace: String, _ map: String) throws -> Void
  ) throws {
    try withScratch { folder in
      let program = folder + "/node"
      try FileManager.default.copyItem(
        atPath: try Project.fixture("generated_code"), toPath: program)
      let trace = folder + "/trace.bin"
      let outcome = try run(
        [program] + arguments, environment: shimEnvironment(trace: trace), folder: folder)
      #expect(outcome.status == .exit(0), "\(outcome.errors)")
      let map = try #require(
        FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".map") })
      try body(trace, folder + "/" + map)
    }
  }

  private func report(_ trace: String) throws -> String {
    try run([Project.reporter, trace]).output.split { $0.isWhitespace }.joined(separator: " ")
  }

  @Test("Its functions are named by the runtime's perf map, however often it made them")
  func named() throws {
    try withRun { trace, map in
      let text = try report(trace)
      #expect(text.contains("1 call site leaks 20 fds."), "\(text)")
      #expect(text.contains("LEAK 20 files from open() in leak at app.js"), "\(text)")
      #expect(text.contains("opened › leak /srv/app.js (+"), "\(text)")
      #expect(text.contains(" frames of node, +"), "\(text)")
      #expect(!text.contains("NODE_OPTIONS") && !text.contains("open_one"), "\(text)")
      #expect(text.contains("made as the program ran are named by \(map)."), "\(text)")
      let json = try run([Project.reporter, "--format", "json", trace]).output
      let told = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      #expect(told?["code_maps"] as? [String] == [map])
    }
  }

  @Test("Processes that made other functions at one address have their own names")
  func workers() throws {
    try withRun("workers") { trace, _ in
      let text = try report(trace)
      #expect(text.contains("1 call site leaks 40 fds."), "\(text)")
      #expect(text.contains("LEAK 40 files from open() in leak at app.js"), "\(text)")
      #expect(!text.contains("open_one"), "\(text)")
    }
  }

  @Test(
    "A map that is older than the program, or not there, names nothing, and the report says how")
  func unnamed() throws {
    try withRun { trace, map in
      for change in [
        { try setModificationTime(of: map, to: 86_400) },
        { try FileManager.default.removeItem(atPath: map) },
      ] {
        try change()
        let text = try report(trace)
        #expect(!text.contains("app.js") && !text.contains(map), "\(text)")
        #expect(text.contains("With NODE_OPTIONS='--perf-basic-prof "), "\(text)")
      }
    }
  }
}

private func setModificationTime(of path: String, to seconds: Double) throws {
  try FileManager.default.setAttributes(
    [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: path)
}
