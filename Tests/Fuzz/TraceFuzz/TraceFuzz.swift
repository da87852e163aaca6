import LeakAnalysis
import TraceBytes
import TraceModel

/// The entry that libFuzzer calls: a trace through the whole analyzer, symbols
/// apart, into one output. Whatever the bytes are, nothing may crash, take
/// longer than a second, or grow without bound; those limits are libFuzzer's.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = UnsafeBufferPointer(start: data, count: size)
  guard let first = input.first else { return 0 }
  let rest = input.dropFirst()
  // Of the output and the filter, one for each input: that many more inputs fit into the time.
  let choice = Int(first / 3)
  switch first % 3 {
  case 0: analyze(Array(rest), choice)
  case 1: analyze(PatchedTrace(small, patches: rest).bytes, choice)
  default: analyze(PatchedTrace(.rich, patches: rest).bytes, choice)
  }
  return 0
}

private let small = TraceBuilder.sample()

private func analyze(_ bytes: [UInt8], _ choice: Int) {
  let outputs = FuzzedOutput.allCases
  let output = outputs[choice / 2 % outputs.count]
  if output == .watch { return watch(bytes) }
  guard let trace = try? Trace(TraceBytes(bytes)) else { return }
  output.write(trace, isFiltered: choice % 2 != 0)
}
