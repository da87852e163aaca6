import Testing

/// A line of the table of verdicts: what one site of one small program is in truth,
/// and what its report has to say of it.
struct VerdictCase: Sendable, CustomTestStringConvertible {
  /// In `Tests/Fixtures/verdicts`.
  let program: String
  let scenario: String
  /// The comment that marks the open: `LEAK: …` for what the program forgets,
  /// `KEPT: …` for what it means to keep.
  let marker: String
  let verdict: String
  /// The code of the strongest reason.
  let evidence: String
  /// Call and error of the cause; nil when the report must tell none.
  let cause: String?
  /// How many are open.
  let live: Int
  /// Why the verdict is wrong, and cannot be right by what a trace holds.
  let limit: String?

  init(
    _ program: String, _ scenario: String, _ marker: String, _ verdict: String,
    _ evidence: String, cause: String? = nil, live: Int = 8, limit: String? = nil
  ) {
    self.program = program
    self.scenario = scenario
    self.marker = marker
    self.verdict = verdict
    self.evidence = evidence
    self.cause = cause
    self.live = live
    self.limit = limit
  }

  var testDescription: String { "\(program) \(scenario), \(marker)" }
  var isLeak: Bool { marker.hasPrefix("LEAK: ") }
  var source: String { "verdicts/" + program + ".c" }
}

extension Report {
  /// The only site of which one of the four innermost frames is at the marked line.
  func markedSite(_ marker: String, in source: String) throws -> Site {
    let line = try Project.line(of: marker, in: source)
    let found = sites.filter { site in
      site.verdict != "clean" && site.stack.prefix(4).contains { $0.isAt(line, of: source) }
    }
    guard found.count == 1, let site = found.first else {
      throw TestFailure("\(found.count) sites at \"\(marker)\" of \(source)")
    }
    return site
  }
}

/// How often verdicts were right, over sites whose truth is known.
struct Confusion {
  private(set) var found = 0
  private(set) var missed: [String] = []
  private(set) var spared = 0
  private(set) var accused: [String] = []

  mutating func count(isLeak: Bool, calledLeak: Bool, _ name: String) {
    switch (isLeak, calledLeak) {
    case (true, true): found += 1
    case (true, false): missed.append(name)
    case (false, false): spared += 1
    case (false, true): accused.append(name)
    }
  }

  var text: String {
    var lines = [
      "leaks: \(found) found, \(missed.count) missed",
      "honest holders: \(spared) right, \(accused.count) accused",
    ]
    lines += missed.map { "missed: " + $0 } + accused.map { "accused: " + $0 }
    return lines.joined(separator: "\n")
  }
}
