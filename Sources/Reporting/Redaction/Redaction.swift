import LeakAnalysis

/// Hides in a report what its reader need not know. Equal things stay equal, what a report has
/// from the system is left, and sentences are made again of what is left: `docs/redaction.md`.
public struct Redaction: Equatable, Sendable {
  public var scope: RedactionScope
  /// With the same key the same things have the same pseudonyms in all reports.
  public var key: RedactionKey

  public init(_ scope: RedactionScope, key: RedactionKey = .random()) {
    self.scope = scope
    self.key = key
  }

  /// The report as it may be shown. Done once, before any renderer sees it.
  public func redacted(_ report: Report) -> Report {
    guard !scope.isEmpty else { return report }
    var redactor = Redactor(scope, Pseudonyms(key: key))
    var report = report
    redactor.redact(&report)
    report.retell()
    report.redacted = scope
    return report
  }

  /// The same of the reports of a run's programs: what is equal in two of them stays equal.
  public func redacted(_ report: ProgramsReport) -> ProgramsReport {
    guard !scope.isEmpty else { return report }
    var redactor = Redactor(scope, Pseudonyms(key: key))
    var report = report
    for index in report.programs.indices {
      report.programs[index].report = redacted(report.programs[index].report)
    }
    for index in report.suppressions.indices { redactor.redact(&report.suppressions[index]) }
    return report
  }
}

extension Report {
  /// Makes sentences again of the values that they tell. Those whose values are not known are
  /// replaced by what is known of them.
  fileprivate mutating func retell() {
    for index in sites.indices {
      let site = sites[index]
      sites[index].reasons = site.reasons.map { $0.retold(of: site) }
      if let kept = site.kept {
        sites[index].kept?.handle.advice = CloseOnExec.advice(
          for: kept.handle, started: kept.start)
      }
      sites[index].advice = Advice.of(sites[index])
    }
    for row in inheritance.indices {
      let start = inheritance[row].start.call
      for index in inheritance[row].handles.indices {
        inheritance[row].handles[index].advice = CloseOnExec.advice(
          for: inheritance[row].handles[index], started: start)
      }
    }
    for index in bareModules.indices {
      bareModules[index].text = BareModule.text(ofCode: bareModules[index].code)
    }
  }
}

extension Report.Reason {
  fileprivate func retold(of site: Report.Site) -> Self {
    var reason = self
    if let finding {
      reason.text = finding.sentence(
        stack: stack, of: site, ofOne: site.judgedProcess != nil,
        ofPairs: CallName.makesPairs(site.api))
      reason.data = finding.data
    } else if code == Self.suppressedCode, let suppressed = site.suppressed {
      reason = Self(suppressed)
    } else {
      (reason.text, reason.data) = (code, [:])
    }
    return reason
  }
}
