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
  private let symbolizer: Symbolizer

  init(at path: String, _ references: ReportReferences) throws(ReportFailure) {
    self.path = path
    let (analysis, generated, symbolizer) = try Self.analysis(of: path, references)
    (findings, self.generated, self.symbolizer) = (analysis.findings, generated, symbolizer)
  }

  /// Looks symbols up and makes the report.
  func report(_ references: ReportReferences, filter: ReportFilter = ReportFilter()) -> Report {
    let assembly = ReportAssembly(
      findings, tracePath: path, generated: generated, filter: filter,
      suppressions: references.suppressions, holders: references.holders,
      baseline: references.baseline)
    return assembly.report(symbols: Self.symbols(assembly.requests, symbolizer))
  }

  /// Looks symbols up and makes a report of each program of the trace at `path`.
  static func programsReport(
    at path: String, _ references: ReportReferences, filter: ReportFilter
  ) throws(ReportFailure) -> ProgramsReport {
    let (analysis, generated, symbolizer) = try analysis(of: path, references)
    let assembly = ProgramsAssembly(
      ProgramAnalysis(analysis), tracePath: path, generated: generated, filter: filter,
      suppressions: references.suppressions, holders: references.holders)
    return assembly.report(symbols: symbols(assembly.requests, symbolizer))
  }

  private static func analysis(
    of path: String, _ references: ReportReferences
  ) throws(ReportFailure) -> (Analysis, GeneratedCode, Symbolizer) {
    var trace = try trace(at: path)
    let live = RunningProcesses(of: trace, path: path)
    LiveLook.enter(into: &trace, of: live.pids, path: path)
    // What runs here has this machine's clock.
    if !live.pids.isEmpty { trace.lives(atMonotonicNs: Inspector.monotonicClock()) }
    let generated = CodeMaps.nameGeneratedCode(of: &trace, path: path, running: live.pids)
    let symbolizer = Symbolizer(
      roots: MountRoots.of(live.pids.values), recorded: Set(trace.calls))
    let alike = AlikeStacks(trace, generated)
    var own = OwnFrames(generated, symbolizer)
    let modules = Dictionary(trace.modules.map { ($0.number, $0) }) { first, _ in first }
    let analysis = Analysis(
      trace, running: live.running, gone: live.gone,
      alike: alike.representatives(symbols(alike.requests, symbolizer)),
      own: { own.among($0) { modules[$0] } },
      names: {
        let names = FrameNames($0, in: modules, generated)
        return names.named(symbols(names.requests, symbolizer))
      }, holders: references.holders,
      reachesCaller: CallerReach(trace.modules, generated).isReached)
    return (analysis, generated, symbolizer)
  }

  private static func symbols(
    _ requests: [Symbolizer.Request], _ symbolizer: Symbolizer
  ) -> [ModuleSymbols] {
    var progress = ProgressLine()
    let symbols = symbolizer.symbolize(requests) { progress.show($0) }
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
