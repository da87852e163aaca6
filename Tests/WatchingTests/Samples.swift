import Reporting

@testable import Watching

/// A server that leaks sockets and holds files.
enum Samples {
  static func site(_ stack: UInt32, _ api: String, _ kind: String, live: Int, opened: UInt64)
    -> WatchSample.Site
  {
    var site = WatchSample.Site(id: .init(stack: stack, call: 1), api: api)
    site.kind = kind
    site.live = live
    site.opened = opened
    site.closed = opened - UInt64(live)
    site.ageNs = UInt64(stack) * 61_000_000_000
    return site
  }

  static func sample(at seconds: Double, sockets: Int = 380) -> WatchSample {
    var sample = WatchSample(seconds: seconds)
    sample.program = "server"
    sample.pid = 812
    sample.pids = [812]
    var process = WatchSample.Process(id: 1, pid: 812)
    process.program = "server"
    process.open = sockets + 34
    process.limit = 1024
    process.peak = 415
    sample.processes = [process]
    sample.sites = [
      site(1, "open", "file", live: 30, opened: 30),
      site(2, "socket", "tcp", live: sockets, opened: 1300),
      site(3, "accept4", "tcp", live: 0, opened: 90_000),
      site(4, "pipe2", "pipe", live: 4, opened: 5000),
    ]
    return sample
  }

  static let dial = Report.Stack(frames: [
    frame("new_socket", "/src/client.c", 38, inlined: true), frame("dial", "/src/client.c", 55),
    frame("main", "/src/main.c", 12),
    Report.StackFrame(
      function: "__libc_start_call_main", module: "/lib/x86_64-linux-gnu/libc.so.6",
      offset: 0x271ca),
  ])

  static func frame(_ function: String, _ file: String, _ line: Int, inlined: Bool = false)
    -> Report.StackFrame
  {
    Report.StackFrame(
      function: function, file: file, line: line, module: "/srv/server", offset: 0x1390,
      isInlined: inlined)
  }

  /// Ten seconds in which 31 sockets were leaked.
  static func state(columns: Int = 80, rows: Int = 24) -> WatchState {
    var state = WatchState(size: .init(columns: columns, rows: rows))
    state.take(sample(at: 100, sockets: 349))
    state.take(sample(at: 110))
    state.stacks = [.init(stack: 2, call: 1): dial]
    return state
  }
}

extension WatchState {
  /// The lines as text, without what is blank at their ends.
  func text(usesUnicode: Bool = false) -> [String] {
    WatchFrame(self, usesUnicode: usesUnicode).lines.map { line in
      String(line.text.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// The functions of the rows, in order.
  var apis: [String] { rows.map(\.site.api) }

  mutating func type(_ text: String) { for key in text { _ = press(.character(key)) } }
}
