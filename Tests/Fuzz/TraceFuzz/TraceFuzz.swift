import LeakAnalysis
import Reporting
import TraceBytes
import TraceModel

/// The entry that libFuzzer calls: a trace through the whole analyzer, symbols
/// apart, into every format. Whatever the bytes are, nothing may crash, take
/// longer than a second, or grow without bound; those limits are libFuzzer's.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = UnsafeBufferPointer(start: data, count: size)
  guard let first = input.first else { return 0 }
  let rest = input.dropFirst()
  switch first % 3 {
  case 0: analyze(Array(rest), choice: first / 3)
  case 1: analyze(PatchedTrace(small, patches: rest).bytes, choice: first / 3)
  default: analyze(PatchedTrace(.rich, patches: rest).bytes, choice: first / 3)
  }
  return 0
}

private let small = TraceBuilder.sample()

/// - Parameter choice: of the filter and the format, one for each input: that many
///   more inputs fit into the time.
private func analyze(_ bytes: [UInt8], choice: UInt8) {
  guard let trace = try? Trace(TraceBytes(bytes)) else { return }
  let alike = AlikeStacks(trace)
  let findings = Findings(
    trace, running: [1], alike: alike.representatives(bare(alike.requests)))
  let filter =
    choice % 2 == 0 ? ReportFilter(includesAll: true) : ReportFilter(minimumCount: 2, pid: 101)
  let assembly = ReportAssembly(findings, tracePath: "trace.bin", filter: filter)
  let report = assembly.report(symbols: bare(assembly.requests))
  switch choice / 2 % 3 {
  case 0: _ = TextRenderer(style: .init()).render(report)
  case 1: _ = MarkdownRenderer().render(report)
  default: JSONRenderer().render(report) { _ in true }
  }
}
