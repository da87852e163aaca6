import LeakAnalysis
import Reporting
import Suppressions
import TraceModel

/// What may be made of a trace.
enum FuzzedOutput: CaseIterable {
  case text, markdown, json, html, pprof, folded, foldedOpened, openMetrics, jsonLines, sarif
  case junit, suppressions, suppressed, compared, redactedJSON, redactedHTML, programs
  case programsJSON
  /// Of a live reading; the only one that is not made of a whole trace.
  case watch

  func write(_ trace: Trace, isFiltered: Bool) {
    let alike = AlikeStacks(trace)
    let analysis = Analysis(
      trace, running: [1], alike: alike.representatives(bare(alike.requests)))
    let filter =
      isFiltered ? ReportFilter(minimumCount: 2, pid: 101) : ReportFilter(includesAll: true)
    switch self {
    case .programs, .programsJSON:
      let assembly = ProgramsAssembly(
        ProgramAnalysis(analysis), tracePath: "trace.bin", filter: filter, holders: .builtIn)
      write(assembly.report(symbols: bare(assembly.requests)))
    case .suppressed:
      write(analysis.findings, filter, Self.suppressionFile, baseline: nil)
    case .compared:
      let assembly = ReportAssembly(analysis.findings, tracePath: "old.bin")
      let old = Baseline(assembly.report(symbols: bare(assembly.requests)))
      write(analysis.findings, filter, SuppressionList(), baseline: old)
    default: write(analysis.findings, filter, SuppressionList(), baseline: nil)
    }
  }

  private func write(
    _ findings: Findings, _ filter: ReportFilter, _ suppressions: SuppressionList,
    baseline: Baseline?
  ) {
    let assembly = ReportAssembly(
      findings, tracePath: "trace.bin", filter: filter, suppressions: suppressions,
      holders: .builtIn, baseline: baseline)
    let report = assembly.report(symbols: bare(assembly.requests))
    switch self {
    case .text, .suppressed: _ = TextRenderer(style: .init()).render(report)
    case .markdown, .compared: _ = MarkdownRenderer().render(report)
    case .json: JSONRenderer().render(report) { _ in true }
    case .html: _ = HTMLRenderer().render(report)
    case .pprof: _ = PProfRenderer().render(report)
    case .folded: _ = FoldedRenderer().render(report)
    case .foldedOpened: _ = FoldedRenderer(.opened).render(report)
    case .openMetrics: _ = OpenMetricsRenderer().render(report)
    case .jsonLines: JSONLinesRenderer().render(report) { _ in true }
    case .sarif: SARIFRenderer(version: "1").render(report) { _ in true }
    case .junit: JUnitRenderer().render(report) { _ in true }
    case .suppressions: _ = SuppressionRenderer().render(report)
    case .redactedJSON: JSONRenderer().render(Self.redaction.redacted(report)) { _ in true }
    case .redactedHTML: _ = HTMLRenderer().render(Self.redaction.redacted(report))
    case .programs, .programsJSON, .watch: break
    }
  }

  private func write(_ report: ProgramsReport) {
    if self == .programsJSON {
      JSONRenderer().render(report) { _ in true }
    } else {
      _ = TextRenderer(style: .init()).render(report)
      _ = MarkdownRenderer().render(Self.redaction.redacted(report))
    }
  }

  private static let redaction = Redaction(.all, key: .random())

  private static let suppressionFile = SuppressionList(
    (try? SuppressionFile.parse(
      Array("{\n  files of tests\n  api: open*\n  path: /tmp/*\n}\n".utf8), file: "fuzz.supp"))
      ?? [])
}
