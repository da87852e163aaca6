import LeakAnalysis
import Suppressions
import Symbolication

/// Joins the findings of each program with symbols, as `ReportAssembly` does for the whole.
public struct ProgramsAssembly: Sendable {
  /// What has to be looked up, one request for each module of each program.
  public var requests: [Symbolizer.Request] { assemblies.flatMap(\.requests) }
  private let assemblies: [ReportAssembly]

  public init(
    _ analysis: ProgramAnalysis, tracePath: String, generated: GeneratedCode = .none,
    filter: ReportFilter = ReportFilter(), suppressions: SuppressionList = SuppressionList(),
    holders: KnownHolders = .none
  ) {
    assemblies = analysis.programs.map {
      ReportAssembly(
        analysis.findings(of: $0), tracePath: tracePath, generated: generated, filter: filter,
        suppressions: suppressions, holders: holders)
    }
  }

  /// Builds the report from the results of `requests`, in their order.
  public func report(symbols: [ModuleSymbols]) -> ProgramsReport {
    var rest = symbols[...]
    var result = ProgramsReport()
    for assembly in assemblies {
      let count = assembly.requests.count
      var report = assembly.report(symbols: Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
      result.isLossy = result.isLossy || report.hasLosses
      Self.add(report.suppressions, to: &result.suppressions)
      report.suppressions.removeAll { $0.sites == 0 }
      result.programs.append(ProgramReport(report))
      result.programs += report.processes.dropFirst().filter(\.goesOnUntraced).map {
        ProgramReport(untracedOf: $0, in: report.trace)
      }
    }
    result.programs.sort { ($0.process?.id ?? 0) < ($1.process?.id ?? 0) }
    result.isLossy = result.isLossy || result.isCommandUnseen
    return result
  }

  /// Uses come in the order of the files' blocks, whatever the program.
  private static func add(
    _ uses: [Report.SuppressionUse], to sum: inout [Report.SuppressionUse]
  ) {
    guard !sum.isEmpty else { return sum = uses }
    for (index, use) in uses.enumerated() where sum.indices.contains(index) {
      sum[index].sites += use.sites
      sum[index].descriptors += use.descriptors
    }
  }
}
