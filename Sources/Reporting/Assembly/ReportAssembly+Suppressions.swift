import LeakAnalysis
import Suppressions

extension ReportAssembly {
  /// Marks the findings that a suppression speaks of, and puts them behind what is held. What
  /// is no finding needs none.
  ///
  /// - Returns: what each suppression did.
  static func suppress(
    _ sites: inout [Report.Site], by suppressions: SuppressionList
  ) -> [Report.SuppressionUse] {
    var uses = suppressions.all.map {
      Report.SuppressionUse(name: $0.name, file: $0.file, line: $0.line)
    }
    for index in sites.indices where sites[index].verdict <= .suspect {
      guard let match = suppressions.match(sites[index]) else { continue }
      uses[match].sites += 1
      uses[match].descriptors += sites[index].live
      sites[index].suppress(by: suppressions.all[match])
    }
    let order = sites.indices.sorted { (sites[$0].verdict, $0) < (sites[$1].verdict, $1) }
    if !order.elementsEqual(sites.indices) { sites = order.map { sites[$0] } }
    return uses
  }
}

extension Report.Site {
  fileprivate mutating func suppress(by suppression: Suppression) {
    let by = Report.Suppressed(
      name: suppression.name, file: suppression.file, line: suppression.line,
      reason: suppression.reason, verdict: verdict)
    suppressed = by
    verdict = .suppressed
    reasons.insert(Report.Reason(by), at: 0)
  }
}

extension Report.Reason {
  static let suppressedCode = "suppressed"

  init(_ by: Report.Suppressed) {
    self.init(
      code: Self.suppressedCode,
      text: "Suppressed by '\(by.name)' (\(by.file):\(by.line))"
        + (by.reason.map { ": \($0)" } ?? "."),
      data: [
        "name": .init(by.name), "file": .init(by.file), "line": .init(by.line),
        "verdict": .init(by.verdict.rawValue),
      ])
  }
}

extension Report.Site: Suppressible {
  public var callNames: [String] { CallName.all(api) }
  public var kindName: String { kind }
  public var verdictName: String? { found.rawValue }
  public var fingerprintText: String? { fingerprint }

  public func holdsOnly(where condition: (SuppressibleDescriptor) -> Bool) -> Bool {
    !fds.isEmpty
      && fds.allSatisfy { fd in
        condition(
          SuppressibleDescriptor(
            names: [fd.name, fd.local, fd.remote].compactMap { $0 }, owner: fd.owner))
      }
  }

  public var suppressibleFrames: [SuppressibleFrame] {
    stack.frames.map {
      SuppressibleFrame(function: $0.function, module: $0.module, file: $0.file, line: $0.line)
    }
  }
}

extension SuppressibleFrame {
  init(function: String?, module: String?, file: String?, line: Int?) {
    self.init(
      functions: function.map { [$0, Report.StackFrame.withoutParameters($0)] } ?? [],
      module: module, file: file, line: line)
  }
}
