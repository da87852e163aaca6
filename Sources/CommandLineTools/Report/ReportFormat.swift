import ArgumentParser
import Reporting

/// How a report may be written.
public enum ReportFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
  case text
  case markdown
  case json
  case html
  case pprof
  case folded
  case foldedOpened = "folded-opened"
  case openmetrics
  case jsonl
  case sarif
  case junit

  /// Sites that closed everything count in it, too.
  var listsAllSites: Bool { self == .pprof || self == .foldedOpened }
  /// Read by programs, which take every line for data.
  var isData: Bool { self != .text && self != .markdown }

  /// What names of its files end in, without the dot.
  var fileExtension: String {
    switch self {
    case .text: "txt"
    case .markdown: "md"
    case .pprof: "pb"
    // The names that collectors of test results look for.
    case .junit: "xml"
    default: rawValue
    }
  }

  /// Writes `report` to `sink`, whole; colour is for terminals.
  func write(
    _ report: Report, to sink: borrowing ReportSink, allowsColor: Bool
  ) throws(ReportFailure) {
    switch self {
    case .text:
      let style = Terminal.style(of: sink.terminal, allowsColor: allowsColor)
      try sink.write(TextRenderer(style: style).render(report))
    case .markdown:
      try sink.write(MarkdownRenderer().render(report))
    case .json:
      try sink.write { JSONRenderer().render(report, to: $0) }
    case .html:
      try sink.write(HTMLRenderer().render(report))
    case .pprof:
      guard sink.terminal == nil else {
        throw ReportFailure("a profile is no text for a terminal; write it to a file with -o")
      }
      let profile = PProfRenderer().render(report)
      try sink.write { output in profile.withUnsafeBytes { _ = output($0) } }
    case .folded:
      try sink.write(FoldedRenderer().render(report))
    case .foldedOpened:
      try sink.write(FoldedRenderer(.opened).render(report))
    case .openmetrics:
      try sink.write(OpenMetricsRenderer().render(report))
    case .jsonl:
      try sink.write { JSONLinesRenderer().render(report, to: $0) }
    case .sarif:
      try sink.write { SARIFRenderer(version: fdtrackVersion).render(report, to: $0) }
    case .junit:
      try sink.write { JUnitRenderer().render(report, to: $0) }
    }
  }
}
