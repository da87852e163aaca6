import Glibc
import ProcessInspection
import Reporting
import Watching

/// `fdtrack watch` without a terminal: one line for each look.
struct WatchLog: ~Copyable {
  private var source: WatchSource
  private var pace: WatchPace
  private var state: WatchState
  private var stacks = WatchStacks()
  private let usesUnicode: Bool
  private var remark: String?

  init(_ source: consuming WatchSource, pid: Int?, pace: WatchPace, usesUnicode: Bool) {
    self.source = source
    self.pace = pace
    self.usesUnicode = usesUnicode
    // Of the sites, only the first is told.
    state = WatchState(size: .init(columns: 200, rows: 6), pid: pid)
  }

  /// Until the target has ended, or the lines that were asked for are written.
  /// - Throws: ``ReportFailure`` when the trace became unusable, or a line could not be written.
  mutating func run() throws(ReportFailure) {
    while !pace.isDone {
      pace.sleep()
      let pid = state.pid
      let look = try pace.measure { () throws(ReportFailure) in try source.look(pid: pid) }
      state.take(look.sample)
      state.ending = look.ending
      let first = Array(state.shownSites.prefix(1))
      state.stacks = stacks.stacks(of: first, whole: false, from: &source)
      var line = state.summary(usesUnicode: usesUnicode)
      if let ending = look.ending { line = "\(ending.text) Last: \(line)" }
      if let told = look.remark, told != remark { line += " (\(told))" }
      remark = look.remark
      let now = SystemClock.nanoseconds(CLOCK_REALTIME)
      guard try OutputStream.write("\(Timestamp.text(now)) \(line)\n") else { return }
      if look.ending != nil { return }
    }
  }
}
