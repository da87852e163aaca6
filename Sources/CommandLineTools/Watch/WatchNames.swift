import Reporting
import Symbolication
import TraceModel
import Watching

/// Names code that runtimes make as the watched program runs, by the same steps as reports do.
struct WatchNames {
  private var maps = CodeMaps()
  private var stacks = GeneratedStacks()
  /// What stood for each stack at the look before.
  private var latest: [StackUse: StackNumber] = [:]

  /// Bytes of maps that are read at a look: they may be large, or made to be endless.
  private static let room = 1 << 25

  /// The functions that numbers of frames stand for.
  var code: GeneratedCode { maps.code }

  /// Has the stacks of a reading lead through each process's own functions, and tells the view
  /// which of them are alike then, and which were others at the look before.
  mutating func name(
    _ reading: inout LiveReading, in view: inout WatchSample.View, of trace: inout LiveTrace,
    path: String, running: [Int: Int]
  ) {
    let wanted = trace.addressesOfGeneratedCode(of: reading)
    guard !wanted.isEmpty else { return }
    maps.look(
      up: wanted, CodeMapSearch(reading, path: path, running: running), room: Self.room)
    let uses = reading.openings
    trace.nameGeneratedCode(maps.numbers, in: &reading)
    var now: [StackUse: StackNumber] = [:]
    for (use, stack) in zip(uses, reading.openings.lazy.map(\.stack)) where now[use] == nil {
      let first = stacks.first(like: stack, code) {
        trace.frames(of: $0)
      } module: {
        trace.module($0)?.path
      }
      now[use] = first
      if first != stack { view.alike[stack] = first }
      if let before = latest[use], before != first { view.renumbered[before] = first }
    }
    latest = now
  }
}
