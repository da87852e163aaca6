import Foundation
import Testing

/// Small programs whose truth is known, leaking and honest ones alike.
@Suite("The table of verdicts")
struct VerdictTableTests {
  private struct Scenario: Hashable {
    let program: String
    let name: String

    var lines: [VerdictCase] {
      VerdictCase.all.filter { $0.program == program && $0.scenario == name }
    }
  }

  /// The report on each scenario of the table. A few run at a time; those that have
  /// to live long enough to be believed do so beside all others.
  ///
  /// Verdicts turn on which part of a program's life something took, and on a machine that
  /// stands still for a moment that can be another one than the scenario is about. What is not
  /// as expected has to be so again at a slower pace, beside which such moments are short.
  private static let reports = Result {
    try withScratch { folder in
      let scenarios = Set(VerdictCase.all.map { Scenario(program: $0.program, name: $0.scenario) })
      let patient = [Scenario(program: "pools", name: "rested_pool")]
      var waiting = try patient.map { try (start($0, in: folder), $0) }
      let rest = scenarios.subtracting(patient).sorted {
        ($0.program, $0.name) < ($1.program, $1.name)
      }
      var reports: [Scenario: Report] = [:]
      for batch in stride(from: 0, to: rest.count, by: 6) {
        let started = try rest[batch...].prefix(6).map { try (start($0, in: folder), $0) }
        for (program, scenario) in started {
          reports[scenario] = try finish(program, scenario, in: folder)
        }
      }
      while let (program, scenario) = waiting.popLast() {
        reports[scenario] = try finish(program, scenario, in: folder)
      }
      for (scenario, report) in reports where !isExpected(report, of: scenario) {
        let slow = folder + "/slow"
        try FileManager.default.createDirectory(
          atPath: slow, withIntermediateDirectories: true)
        reports[scenario] = try finish(start(scenario, pace: 10, in: slow), scenario, in: slow)
      }
      return reports
    }
  }

  private static func isExpected(_ report: Report, of scenario: Scenario) -> Bool {
    var known: Set<Int> = []
    for line in scenario.lines {
      guard let site = try? report.markedSite(line.marker, in: line.source),
        site.verdict == line.verdict, site.reasons.first?.code == line.evidence
      else { return false }
      known.insert(site.id)
    }
    return report.sites(of: "leak").allSatisfy { known.contains($0.id) }
  }

  private static func trace(_ scenario: Scenario, in folder: String) -> String {
    "\(folder)/\(scenario.program)-\(scenario.name).bin"
  }

  private static func start(
    _ scenario: Scenario, pace: Int = 1, in folder: String
  ) throws -> Launched {
    let place = "\(folder)/\(scenario.program)-\(scenario.name)"
    try FileManager.default.createDirectory(
      atPath: place, withIntermediateDirectories: false)
    var environment = shimEnvironment(trace: trace(scenario, in: folder))
    environment["FDTRACK_SIZE"] = "8M"
    environment["SCENARIO_PACE"] = "\(pace)"
    return try Launched(
      [try Project.fixture(scenario.program), scenario.name], environment: environment,
      folder: place)
  }

  private static func finish(
    _ program: Launched, _ scenario: Scenario, in folder: String
  ) throws -> Report {
    let outcome = try program.wait()
    guard [.exit(0), .signal(SIGKILL)].contains(outcome.status) else {
      throw TestFailure("\(scenario): \(outcome.status) \(outcome.errors)")
    }
    return try report(on: trace(scenario, in: folder), ["--all"])
  }

  private func told(of line: VerdictCase) throws -> Report {
    let scenario = Scenario(program: line.program, name: line.scenario)
    return try #require(try Self.reports.get()[scenario])
  }

  @Test(
    "Each site has the verdict, the evidence and the cause of its line", arguments: VerdictCase.all)
  func verdict(line: VerdictCase) throws {
    let report = try told(of: line)
    let site = try report.markedSite(line.marker, in: line.source)
    #expect(site.verdict == line.verdict)
    #expect(site.reasons.first?.code == line.evidence, "\(site.reasons.map(\.code))")
    #expect(site.live == line.live)
    let cause = site.cause.map { [$0.api, $0.errorName].compactMap { $0 }.joined(separator: " ") }
    #expect(cause == line.cause)
    #expect(report.trace.losses.isEmpty)
    #expect(report.trace.coverage.unseen == 0 && report.trace.coverage.vanished == 0)
  }

  @Test("A leak that is seldom stands above what its program keeps by intention")
  func order() throws {
    let line = try #require(VerdictCase.leaks.first { $0.scenario == "rare" })
    let report = try told(of: line)
    let leak = try report.markedSite(line.marker, in: line.source)
    #expect(report.sites.first?.id == leak.id)
    #expect(leak.opened == 4000 && leak.closed == 3996)
  }

  @Test("Nothing beside the table is called a leak")
  func others() throws {
    for (scenario, report) in try Self.reports.get() {
      let known = try scenario.lines.map { try report.markedSite($0.marker, in: $0.source).id }
      let others = report.sites(of: "leak").filter { !known.contains($0.id) }
      #expect(others.isEmpty, "\(scenario): \(others.map(\.functions))")
    }
  }

  @Test("Wrong is only what is known to be, and the counts are told")
  func confusion() throws {
    var confusion = Confusion()
    var table = ""
    for line in VerdictCase.all {
      let site = try told(of: line).markedSite(line.marker, in: line.source)
      confusion.count(
        isLeak: line.isLeak, calledLeak: site.verdict == "leak", line.testDescription)
      table +=
        [
          site.verdict, site.reasons.first?.code ?? "", line.testDescription, line.limit ?? "",
        ].joined(separator: "\t") + "\n"
    }
    print(confusion.text)
    // For scripts/verdicts.
    if let path = ProcessInfo.processInfo.environment["FDTRACK_VERDICTS"] {
      try write(table + confusion.text + "\n", to: path)
    }
    let known = VerdictCase.all.filter { $0.limit != nil }.map(\.testDescription)
    #expect(confusion.missed + confusion.accused == known)
  }
}
