import ProcessInspection

@testable import Reporting

/// What a renderer hands on in blocks, as one text.
func rendered(_ render: (_ output: @escaping (UnsafeRawBufferPointer) -> Bool) -> Void) -> String {
  var text: [UInt8] = []
  render {
    text.append(contentsOf: $0)
    return true
  }
  return String(decoding: text, as: UTF8.self)
}

extension JSONRenderer {
  func render(_ report: Report) -> String { rendered { render(report, to: $0) } }
}

extension InspectionJSONRenderer {
  func render(_ inspection: Inspection) -> String { rendered { render(inspection, to: $0) } }
}
