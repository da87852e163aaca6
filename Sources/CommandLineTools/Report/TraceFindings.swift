import Glibc
import LeakAnalysis
import ProcessInspection
import Reporting
import Symbolication
import TraceBytes
import TraceModel

/// A trace that was read and analyzed; symbols of its report are still to be looked up, which
/// takes longest.
struct TraceFindings {
  let path: String
  let findings: Findings
  private let generated: GeneratedCode

  init(at path: String, _ references: ReportReferences) throws(ReportFailure) {
    self.path = path
    let (analysis, generated) = try Self.analysis(of: path, references)
    (findings, self.generated) = (analysis.findings, generated)
  }

  /// Looks symbols up and makes the report.
  func report(_ references: ReportReferences, filter: ReportFilter = ReportFilter()) -> Report {
    let assembly = ReportAssembly(
      findings, tracePath: path, generated: generated, filter: filter,
      suppressions: references.suppressions, holders: references.holders,
      baseline: references.baseline)
    return assembly.report(symbols: Self.symbols(assembly.requests))
  }

  /// Looks symbols up and makes a report of each program of the trace at `path`.
  static func programsReport(
    at path: String, _ references: ReportReferences, filter: ReportFilter
  ) throws(ReportFailure) -> ProgramsReport {
    let (analysis, generated) = try analysis(of: path, references)
    let assembly = ProgramsAssembly(
      ProgramAnalysis(analysis), tracePath: path, generated: generated, filter: filter,
      suppressions: references.suppressions, holders: references.holders)
    return assembly.report(symbols: symbols(assembly.requests))
  }

  private static func analysis(
    of path: String, _ references: ReportReferences
  ) throws(ReportFailure) -> (Analysis, GeneratedCode) {
    var trace = try trace(at: path)
    let live = RunningProcesses(of: trace, path: path)
    LiveLook.enter(into: &trace, of: live.pids, path: path)
    // What runs here has this machine's clock.
    if !live.pids.isEmpty { trace.lives(atMonotonicNs: Inspector.monotonicClock()) }
    let generated = CodeMaps.nameGeneratedCode(of: &trace, path: path, running: live.pids)
    let alike = AlikeStacks(trace, generated)
    var own = OwnFrames(generated)
    let modules = Dictionary(trace.modules.map { ($0.number, $0) }) { first, _ in first }
    let analysis = Analysis(
      trace, running: live.running, gone: live.gone,
      alike: alike.representatives(symbols(alike.requests)),
      own: { own.among($0) { modules[$0] } },
      names: {
        let names = FrameNames($0, in: modules, generated)
        return names.named(symbols(names.requests))
      }, holders: references.holders,
      reachesCaller: CallerReach(trace.modules, generated).isReached)
    return (analysis, generated)
  }

  private static func symbols(_ requests: [Symbolizer.Request]) -> [ModuleSymbols] {
    var progress = ProgressLine()
    let symbols = Symbolizer().symbolize(requests) { progress.show($0) }
    progress.clear()
    return symbols
  }

  private static func trace(at path: String) throws(ReportFailure) -> Trace {
    do throws(TraceError) {
      var trace = try Trace(path: path)
      trace.completeModulePaths { access($0, R_OK) == 0 }
      return trace
    } catch {
      throw InputFile.failure(path, "\(error)")
    }
  }
}
