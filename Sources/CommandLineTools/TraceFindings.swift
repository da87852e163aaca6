import LeakAnalysis
import Reporting
import Symbolication
import TraceBytes
import TraceModel

/// A trace that was read and analyzed; symbols of its report are still to be looked up, which
/// takes longest.
struct TraceFindings {
  let path: String
  let findings: Findings

  init(at path: String, _ references: ReportReferences) throws(ReportFailure) {
    self.path = path
    let trace = try Self.trace(at: path)
    var progress = ProgressLine()
    let alike = AlikeStacks(trace)
    let live = RunningProcesses(of: trace, path: path)
    findings = Findings(
      trace, running: live.running, gone: live.gone,
      alike: alike.representatives(Symbolizer().symbolize(alike.requests) { progress.show($0) }),
      holders: references.holders)
    progress.clear()
  }

  private static func trace(at path: String) throws(ReportFailure) -> Trace {
    do throws(TraceError) {
      return try Trace(path: path)
    } catch {
      throw InputFile.failure(path, "\(error)")
    }
  }

  /// Looks symbols up and makes the report.
  func report(_ references: ReportReferences, filter: ReportFilter = ReportFilter()) -> Report {
    let assembly = ReportAssembly(
      findings, tracePath: path, filter: filter, suppressions: references.suppressions,
      holders: references.holders, baseline: references.baseline)
    var progress = ProgressLine()
    let symbols = Symbolizer().symbolize(assembly.requests) { progress.show($0) }
    progress.clear()
    return assembly.report(symbols: symbols)
  }
}
