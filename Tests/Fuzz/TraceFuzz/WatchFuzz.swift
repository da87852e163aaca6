import TraceBytes
import TraceModel
import Watching

/// Reads a trace twice as one that is being written, and shows it on every screen.
func watch(_ bytes: [UInt8]) {
  guard let source = try? TraceBytes(bytes), var trace = try? LiveTrace(source) else { return }
  var state = WatchState(size: .init(columns: 80, rows: 24))
  for second in 0..<2 {
    guard var reading = try? trace.read() else { return }
    // As if a map had a name for every other address.
    let names = trace.addressesOfGeneratedCode(of: reading).mapValues { addresses in
      Dictionary(
        uniqueKeysWithValues: addresses.filter { $0 % 2 == UInt64(second) }.map { ($0, 0) })
    }
    trace.nameGeneratedCode(names, in: &reading)
    state.take(WatchSample(reading, .init(), seconds: Double(second)))
    for site in reading.sites.prefix(8) {
      for case .code(let module, _) in trace.frames(of: site.stack) { _ = trace.module(module) }
    }
  }
  // Enter, down, Esc, each order, help.
  var decoder = WatchKeyDecoder()
  for key in decoder.decode("\rj\u{1b}rjloak?jq".utf8) {
    _ = WatchFrame(state, usesUnicode: true).lines
    _ = state.press(key)
  }
  _ = state.summary(usesUnicode: false)
}
