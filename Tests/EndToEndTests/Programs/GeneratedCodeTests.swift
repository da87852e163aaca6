import Foundation
import Testing

@Suite("Code that is made as the program runs")
struct GeneratedCodeTests {
  /// Runs the fixture under the name of an interpreter, and hands over the trace and a perf map.
  private func withRun(
    _ arguments: String..., body: (_ trace: String, _ map: String) throws -> Void
  ) throws {
    try withScratch { folder in
      let program = try interpreter(in: folder)
      let trace = folder + "/trace.bin"
      let outcome = try run(
        [program] + arguments, environment: shimEnvironment(trace: trace), folder: folder)
      #expect(outcome.status == .exit(0), "\(outcome.errors)")
      let map = try #require(
        FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".map") })
      try body(trace, folder + "/" + map)
    }
  }

  /// The fixture under the name of an interpreter.
  private func interpreter(in folder: String) throws -> String {
    let program = folder + "/node"
    // Not copied here: a program that another test starts meanwhile would hold it open for writing.
    let outcome = try run(["/bin/cp", Project.fixture("generated_code"), program])
    try #require(outcome.status == .exit(0), "\(outcome.errors)")
    return program
  }

  private func watch(_ trace: String) throws -> String {
    try run([Project.runner, "watch", trace, "--count", "1"]).output
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
      let line = try watch(trace)
      #expect(line.hasSuffix("; most 20 file, open() in leak at app.js\n"), "\(line)")
    }
  }

  @Test("Processes that made other functions at one address have their own names")
  func workers() throws {
    try withRun("workers") { trace, _ in
      let text = try report(trace)
      #expect(text.contains("1 call site leaks 40 fds."), "\(text)")
      #expect(text.contains("LEAK 40 files from open() in leak at app.js"), "\(text)")
      let line = try watch(trace)
      #expect(line.hasSuffix("; most 40 file, open() in leak at app.js\n"), "\(line)")
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
        let line = try watch(trace)
        #expect(line.contains("most 10 file, open() in open_one at "), "\(line)")
      }
    }
  }

  @Test("While it runs they have names as they are made, and others when the map is another")
  func live() throws {
    try withScratch { folder in
      let target = try Launched(
        [try interpreter(in: folder), "stay"],
        environment: shimEnvironment(trace: folder + "/trace.bin"), folder: folder)
      let map = folder + "/perf-\(try target.readLine(after: "ready ")).map"
      let watch = try Launched([
        Project.runner, "watch", folder + "/trace.bin", "--interval", "0.1",
      ])
      func wait(for text: String) throws { while try !watch.readLine().contains(text) {} }
      try wait(for: "; most 20 file, open() in leak at app.js")
      for _ in 0..<24 {
        try target.write("late\n")
        #expect(try target.readLine() == "done")
      }
      try wait(for: "; most 24 file, +")
      try wait(for: "open() in late at app.js")
      let text = try String(contentsOfFile: map, encoding: .utf8)
      try text.replacing("~late", with: "~other").write(
        toFile: map, atomically: true, encoding: .utf8)
      try wait(for: "; most 24 file, open() in other at app.js")
      target.closeInput()
      #expect(try target.wait().status == .exit(0))
      let outcome = try watch.wait()
      #expect(outcome.status == .exit(0) && outcome.errors.isEmpty, "\(outcome.errors)")
      #expect(outcome.output.hasSuffix(", open() in other at app.js\n"), "\(outcome.output)")
    }
  }
}

private func setModificationTime(of path: String, to seconds: Double) throws {
  try FileManager.default.setAttributes(
    [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: path)
}
