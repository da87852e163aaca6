import Testing

/// Standard output that takes nothing: a file on a disk that is full, one that is closed.
@Suite("Output that cannot be written")
struct FullOutputTests {
  private static let formats = [
    "text", "markdown", "json", "html", "pprof", "folded", "folded-opened", "openmetrics", "jsonl",
    "sarif", "junit",
  ]

  /// The commands, in a folder with a trace; `fails` is their documented status.
  static let commands: [(command: String, fails: Int32)] =
    formats.map { ("fdtrack-report trace.bin --format \($0)", 2) } + [
      ("fdtrack-report trace.bin --gen-suppressions", 2),
      ("fdtrack-report trace.bin --per-process", 2),
      ("fdtrack-report trace.bin --per-process --format json", 2),
      ("fdtrack report trace.bin", 2),
      ("fdtrack-report trace.bin -o -", 2),
      ("fdtrack pid $$", 2),
      ("fdtrack pid $$ --json", 2),
      ("fdtrack watch trace.bin --count 1", 2),
      ("fdtrack --help", 2),
      ("fdtrack --version", 2),
      ("fdtrack pid --help", 2),
      ("fdtrack run --help", 125),
      ("fdtrack --generate-completion-script bash", 2),
      ("fdtrack-report --help", 2),
      ("fdtrack-report --version", 2),
    ]

  @Test(
    "It is told in one line, by every command and format, and is the failure that they document")
  func told() throws {
    try withScratch { folder in
      _ = try track("manners", ["leak"], in: folder)
      for (command, status) in Self.commands {
        for closed in [">/dev/full", ">&-"] {
          let outcome = try run(
            ["/bin/bash", "-c", "\(command) \(closed)"],
            environment: ["PATH": Project.product + ":/usr/bin:/bin"], folder: folder)
          #expect(outcome.status == .exit(status), "\(command) \(closed)")
          #expect(
            outcome.errors.split(separator: "\n").count == 1
              && outcome.errors.contains("standard output: cannot write"),
            "\(command) \(closed): \(outcome.errors)")
        }
      }
    }
  }
}
