import Glibc
import Reporting
import SystemPackage

/// How the reports of single programs are written.
public struct ProgramChoice: Equatable, Sendable {
  /// A file for each program with findings; nil: all go where the summary goes.
  public var folder: String?

  public init(folder: String? = nil) { self.folder = folder }

  /// Whether a format can tell of many programs at once.
  static func hasSummary(_ format: ReportFormat) -> Bool {
    switch format {
    case .text, .markdown, .json: true
    default: false
    }
  }

  /// Reads the trace at `path`, looks symbols up and writes the summary to `output`, the reports
  /// after it or into the folder.
  func produce(
    _ path: String, _ options: ReportOptions, to output: ReportOutput
  ) throws(ReportFailure) -> ReportOutcome {
    if let folder { try Self.make(folder) }
    var sink = try ReportSink(output, keeping: path)
    var report = try TraceFindings.programsReport(
      at: path, options.references,
      filter: ReportFilter(
        minimumCount: options.minimumCount,
        includesAll: options.includesAll || options.format.listsAllSites))
    for index in report.programs.indices {
      report.programs[index].report.sourceRoot = options.sourceRoot
    }
    if let redaction = options.redaction { report = redaction.redacted(report) }
    if let folder {
      for program in report.withFindings {
        let file = ReportOutput.file(folder + "/" + Self.fileName(of: program, options.format))
        var own = try ReportSink(file, keeping: path)
        try options.format.write(program.report, to: own, allowsColor: false)
        try own.finish()
      }
    }
    try write(report, options, to: sink)
    try sink.finish()
    return ReportOutcome(
      leakSites: report.programs.reduce(0) { $0 + $1.report.siteCount(.leak) },
      isDamaged: report.programs.allSatisfy { $0.report.trace.damaged > 0 },
      isCommandUnseen: report.isCommandUnseen)
  }

  private func write(
    _ report: ProgramsReport, _ options: ReportOptions, to sink: borrowing ReportSink
  ) throws(ReportFailure) {
    switch options.format {
    case .json:
      let file = folder.map { _ in { Self.fileName(of: $0, options.format) } }
      try sink.write { JSONRenderer().render(report, file: file, to: $0) }
    case .markdown:
      let renderer = MarkdownRenderer()
      try sink.write(folder == nil ? renderer.render(report) : renderer.renderSummary(report))
    default:
      let renderer = TextRenderer(
        style: Terminal.style(of: sink.terminal, allowsColor: options.allowsColor))
      try sink.write(folder == nil ? renderer.render(report) : renderer.renderSummary(report))
    }
  }

  /// `12-client_test.txt`: the number is that of the program's first process in the trace.
  static func fileName(of program: ProgramReport, _ format: ReportFormat) -> String {
    let name = (program.process?.name.program ?? "").unicodeScalars.prefix(64).map { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "+": Character(scalar)
      default: Character("_")
      }
    }
    return "\(program.process?.id ?? 0)-\(String(name)).\(format.fileExtension)"
  }

  private static func make(_ folder: String) throws(ReportFailure) {
    guard mkdir(folder, 0o777) != 0, errno != EEXIST else { return }
    throw ReportFailure(
      "\(VisibleText.escaped(folder)): cannot make the folder: \(Errno(rawValue: errno))")
  }
}
