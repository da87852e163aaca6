import ArgumentParser
import Reporting

/// How a report may be written.
public enum ReportFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
  case text
  case markdown
  case json
  case html

  /// Writes `report` to `sink`, whole; colour is for terminals.
  func write(_ report: Report, to sink: borrowing ReportSink, allowsColor: Bool) throws {
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
    }
  }
}
