import Testing

@Suite("Formats say the same")
struct FormatAgreementTests {
  /// A trace, and whether the report lists what was all closed, too.
  struct Case: Hashable, Sendable, CustomTestStringConvertible {
    let trace: String
    let listsAll: Bool
    var testDescription: String { trace + (listsAll ? " --all" : "") }
    var options: [String] { listsAll ? ["--all"] : [] }
  }

  /// A leak of each kind, one that has a cause, and wrong uses.
  static let cases = ["everything", "retry_bind", "wrong_closes"].flatMap { trace in
    [false, true].map { Case(trace: trace, listsAll: $0) }
  }

  /// Of each case, the report in each format: made once, of one recording.
  private static let reports = Result {
    try withScratch { folder in
      let owner = try Launched([try Project.fixture("retry_bind"), "0", "1"])
      let port = try owner.readLine(after: "listening ")
      var reports: [Case: [String: String]] = [:]
      for (name, recorded) in [
        ("everything", RecordedTrace("everything", folder)),
        ("retry_bind", RecordedTrace("retry_bind", port, "40")),
        ("wrong_closes", RecordedTrace("wrong_closes")),
      ] {
        let trace = try recorded.record(in: folder)
        for made in cases where made.trace == name {
          for format in ["json"] + AgreedFormat.all.map(\.name) {
            let outcome = try run(
              [Project.reporter, "--format", format] + made.options + [trace],
              environment: ["COLUMNS": "2000"])
            guard outcome.status == .exit(0), outcome.errors.isEmpty else {
              throw TestFailure("\(format): \(outcome.status) \(outcome.errors)")
            }
            reports[made, default: [:]][format] = outcome.output
          }
        }
      }
      return reports
    }
  }

  private func report(_ made: Case, as format: String) throws -> String {
    try #require(try Self.reports.get()[made]?[format])
  }

  @Test("Verdict, count and fingerprint of each site are those of JSON", arguments: cases)
  func sites(made: Case) throws {
    let reference = try Report(json: report(made, as: "json"))
    #expect(made.trace == "wrong_closes" || reference.sites.contains { $0.verdict == "leak" })
    for format in AgreedFormat.all {
      let told = made.listsAll ? format.allVerdicts : format.verdicts
      let wanted = reference.sites.filter { told.contains($0.verdict) }.map {
        SiteClaim(verdict: $0.verdict, live: $0.live, fingerprint: $0.fingerprint)
      }
      let found = try format.sites(report(made, as: format.name))
      #expect(found.sorted() == wanted.sorted(), "\(format.name)")
    }
  }

  @Test("Wrong uses are those of JSON", arguments: cases.filter { $0.trace == "wrong_closes" })
  func wrongUses(made: Case) throws {
    let reference = try Report(json: report(made, as: "json")).misuse.map(\.fingerprint)
    #expect(reference.count > 2 && Set(reference).count == reference.count)
    for format in AgreedFormat.all {
      guard let read = format.wrongUses else { continue }
      let found = try read(report(made, as: format.name))
      #expect(found.sorted() == reference.sorted(), "\(format.name)")
    }
  }
}
