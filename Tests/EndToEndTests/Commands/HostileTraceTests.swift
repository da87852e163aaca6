import Testing

/// Traces that no recorder writes, each of which asks for most of one thing: see
/// `Tests/Fixtures/hostile`.
@Suite("Hostile traces")
struct HostileTraceTests {
  struct Case: CustomTestStringConvertible {
    var name: String
    /// What of it a trace of some 64 MiB holds.
    var size: Int
    var testDescription: String { name }
  }

  static let cases: [Case] = {
    let outcome = try? run([Project.fixture("hostile_trace")])
    return (outcome?.output ?? "").split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      return Int(words[1]).map { Case(name: String(words[0]), size: $0) }
    }
  }()

  /// Address space that a report may take, in KiB.
  private static let memory = 512 << 10
  /// Processor time, in seconds: far more than it takes. What hangs, ends here.
  private static let patience = 300

  /// - Parameter limit: bytes of the report.
  private func expectReport(
    on hostile: Case, size: Int, as formats: [String], atMost limit: Int = .max
  ) throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      let written = try run([
        Project.fixture("hostile_trace"), hostile.name, trace, "\(size)",
      ])
      try #require(written.status == .exit(0), "\(written.errors)")
      for format in formats {
        let outcome = try run([
          "/bin/bash", "-c", "ulimit -v \(Self.memory) -t \(Self.patience) && exec \"$@\"", "bash",
          Project.reporter, "--all", "--format", format, "--output", folder + "/report", trace,
        ])
        #expect(outcome.status == .exit(0), "\(format): \(outcome.errors)")
        #expect(try read(folder + "/report").count <= limit)
      }
    }
  }

  @Test("Cases are there")
  func some() { #expect(Self.cases.count > 20) }

  @Test("A small one is reported in every format", arguments: cases)
  func small(_ hostile: Case) throws {
    try expectReport(
      on: hostile, size: hostile.size / 64,
      as: ["text", "markdown", "html", "json", "jsonl", "sarif", "junit"])
  }

  @Test("One of the size of a trace is reported in 512 MiB", arguments: cases)
  func large(_ hostile: Case) throws {
    try expectReport(on: hostile, size: hostile.size, as: ["json"])
  }

  @Test("As a page it is none that a browser would choke on", arguments: cases)
  func page(_ hostile: Case) throws {
    try expectReport(on: hostile, size: hostile.size, as: ["html"], atMost: 8 << 20)
  }
}
