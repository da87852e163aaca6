import ArgumentParser
import ProcessInspection
import Reporting

/// How the report of a process may be written.
enum InspectionFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
  case text, json

  func write(
    _ inspection: Inspection, to sink: borrowing ReportSink, listsAll: Bool, allowsColor: Bool
  ) throws(ReportFailure) {
    switch self {
    case .text:
      let style = Terminal.style(of: sink.terminal, allowsColor: allowsColor)
      try sink.write(
        InspectionTextRenderer(style: style, listsAll: listsAll).render(inspection))
    case .json:
      try sink.write { InspectionJSONRenderer().render(inspection, to: $0) }
    }
  }
}
