import Reporting
import Testing

@testable import Watching

@Suite("The screen") struct WatchFrameTests {
  @Test("At 80x24 it reads as it should")
  func usual() {
    #expect(
      Samples.state().text() == [
        "server (pid 812): 414 fds open, +3.1/s",
        "server 812    [#########...........] 40% 414 of 1024, peak 415, full in 3m16",
        "",
        "  vLIVE     RATE   OPENED     AGE  KIND      OPENED BY",
        ">   380   +3.1/s     1300    2m02  tcp       socket() in new_socket at client.c:",
        "     30        0       30    1m01  file      open()",
        "      4        0     5000    4m04  pipe      pipe2()",
      ] + Array(repeating: "", count: 16) + [
        "q quit  ? help  Enter stack  up/down choose  l live  r rate  o opened  a age"
      ])
  }

  @Test("At 40x10 the columns that matter least are gone")
  func small() {
    #expect(
      Samples.state(columns: 40, rows: 10).text() == [
        "server (pid 812): 414 fds open, +3.1/s",
        "[###..] 40% 414 of 1024, full in 3m16",
        "  vLIVE     RATE  OPENED BY",
        ">   380   +3.1/s  socket() in new_socket",
        "     30        0  open()",
        "      4        0  pipe2()", "", "", "",
        "q quit  ? help  Enter stack  up/down cho",
      ])
  }

  @Test("How long it takes to the limit is told wherever there is room for it, and never cut")
  func timeLeft() {
    for columns in 17...200 {
      let bar = Samples.state(columns: columns, rows: 24).text()[1]
      #expect(bar.hasSuffix(", full in 3m16") && bar.contains("40%"), "\(columns): \(bar)")
      #expect(bar.count <= columns)
    }
    #expect(
      [17, 30, 36, 38, 60, 80].map { Samples.state(columns: $0, rows: 24).text()[1] } == [
        "40%, full in 3m16",
        "40% 414 of 1024, full in 3m16",
        "40% 414 of 1024, full in 3m16",
        "[###..] 40% 414 of 1024, full in 3m16",
        "server 812    [###..] 40% 414 of 1024, full in 3m16",
        "server 812    [#########...........] 40% 414 of 1024, peak 415, full in 3m16",
      ])
  }

  @Test("At 200x60 everything has room")
  func large() {
    let text = Samples.state(columns: 200, rows: 60).text()
    #expect(text.count == 60)
    #expect(
      text[3] == "  vLIVE     RATE   OPENED   CLOSED     AGE  KIND      OPENED BY")
    #expect(
      text[4]
        == ">   380   +3.1/s     1300      920    2m02  tcp       "
        + "socket() in new_socket at client.c:38")
  }

  @Test(
    "No size makes a line too long or a screen too high",
    arguments: [1, 2, 3, 5, 8, 16, 39, 40, 61, 80, 200], [1, 2, 3, 4, 5, 6, 7, 8, 16, 24, 60])
  func sizes(columns: Int, rows: Int) {
    for keys in ["", "?", "\r"] {
      for unicode in [false, true] {
        var state = Samples.state(columns: columns, rows: rows)
        state.remark = "A remark."
        for key in keys { _ = state.press(key == "\r" ? .enter : .character(key)) }
        for _ in 0..<3 { _ = state.press(.down) }
        let lines = WatchFrame(state, usesUnicode: unicode).lines
        #expect(lines.count == rows)
        for line in lines { #expect(VisibleText.width(line.text) <= columns, "\(line.text)") }
        if !unicode { #expect(lines.allSatisfy { $0.text.allSatisfy(\.isASCII) }) }
      }
    }
  }

  @Test("In a locale of UTF-8 the bar is drawn with blocks")
  func unicode() {
    let text = Samples.state().text(usesUnicode: true)
    #expect(text[1].contains("[█████████░░░░░░░░░░░] 40%"))
    #expect(text[3].contains("▼LIVE"))
    #expect(text[23].contains("↑↓ choose"))
  }

  @Test("The row of the cursor is as long as the screen, and marked without colour too")
  func cursor() {
    var state = Samples.state()
    _ = state.press(.down)
    let lines = WatchFrame(state, usesUnicode: false).lines
    #expect(lines.filter(\.isChosen).map(\.text).map { $0.hasPrefix(">") } == [true])
    #expect(lines[5].isChosen && lines[5].text.count == 80)
  }

  @Test("The stack of a site has the frame to look at first marked")
  func stack() {
    var state = Samples.state(columns: 60, rows: 10)
    _ = state.press(.enter)
    #expect(
      state.text() == [
        "socket() in new_socket at client.c:38",
        "380 live, 1300 opened, 920 closed, tcp, +3.1/s, oldest 2m02",
        "",
        "> new_socket (inlined)  /src/client.c:38",
        "  dial  /src/client.c:55",
        "  main  /src/main.c:12",
        "  __libc_start_call_main  libc.so.6+0x271ca", "", "",
        "Esc back  up/down scroll  q quit",
      ])
  }

  @Test("A stack that is higher than the screen scrolls to its end and no further")
  func scrolls() {
    var state = Samples.state(columns: 60, rows: 10)
    let deep = (0..<30).map { Samples.frame("f\($0)", "/src/a.c", $0) }
    state.stacks = [.init(stack: 2, call: 1): Report.Stack(frames: deep, end: .cut)]
    _ = state.press(.enter)
    for _ in 0..<100 { _ = state.press(.pageDown) }
    #expect(state.text()[8] == "  (deeper frames were not followed)")
    #expect(state.text()[7].hasPrefix("  f29"))
    _ = state.press(.up)
    #expect(state.text()[8].hasPrefix("  f29"))
    _ = state.press(.home)
    #expect(state.text()[0].hasPrefix("socket()"))
  }

  @Test("Names from a trace cannot leave their place")
  func hostile() {
    var state = Samples.state()
    var sample = Samples.sample(at: 111)
    sample.program = "\u{1b}[2J\u{7}\nx\u{202e}"
    sample.processes[0].program = "\u{1b}]0;owned\u{7}" + String(repeating: "漢", count: 500)
    sample.sites[1].api = "\r\u{9b}31m"
    state.take(sample)
    state.stacks = [
      .init(stack: 2, call: 1): Report.Stack(frames: [
        Samples.frame("\u{1b}c" + String(repeating: "w", count: 5000), "\n\n", 1)
      ])
    ]
    for key in [WatchKey.home, .enter] {
      _ = state.press(key)
      for unicode in [false, true] {
        for line in WatchFrame(state, usesUnicode: unicode).lines {
          #expect(!line.text.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202e}" })
          #expect(!line.text.unicodeScalars.contains { (0x7f...0x9f).contains($0.value) })
          #expect(VisibleText.width(line.text) <= 80)
        }
      }
    }
    #expect(!state.summary(usesUnicode: false).contains { !$0.isASCII || $0.isNewline })
  }

  @Test("The limit is coloured by how near it is")
  func limit() {
    func role(_ open: Int) -> WatchLine.Role? {
      var state = Samples.state()
      var sample = Samples.sample(at: 111)
      sample.processes[0].open = open
      state.take(sample)
      return WatchFrame(state, usesUnicode: false).lines[1].spans.first { $0.text.contains("#") }?
        .role
    }
    #expect(role(100) == .good)
    #expect(role(800) == .warning)
    #expect(role(1000) == .alarm)
    #expect(role(5000) == .alarm, "more than the limit, which was lowered")
  }

  @Test("Several processes have a line each, as far as there is room")
  func processes() {
    var sample = Samples.sample(at: 1)
    for number in 2...9 {
      var process = WatchSample.Process(id: number, pid: 900 + number)
      process.open = 7
      sample.processes.append(process)
    }
    var state = WatchState(size: .init(columns: 80, rows: 24))
    state.take(sample)
    let text = state.text()
    #expect(text[0] == "server (pid 812): 470 fds open, 9 processes, 5 not shown")
    #expect(text[1].hasPrefix("server 812    ["))
    #expect(text[2] == "process 902   7 open, no limit, peak 0")
    #expect(text[5] == "" && text[6].contains("LIVE"))
  }

  @Test("A trace that lost something, and one that ended, say so above the numbers")
  func messages() {
    var state = Samples.state()
    var sample = Samples.sample(at: 111)
    sample.losses = ["sites"]
    state.take(sample)
    #expect(state.text()[1] == "Incomplete: the trace had no room for all (sites).")
    state.ending = .init("pid 812 ended: exit 0. q quits.")
    #expect(state.text()[1] == "pid 812 ended: exit 0. q quits.")
    #expect(state.text()[0] == "server (pid 812): 414 fds open")
  }

  @Test("One line tells all where there is no screen")
  func summary() {
    #expect(
      Samples.state().summary(usesUnicode: false)
        == "server (pid 812): 414 fds of 1024 (40%), +3.1/s; most 380 tcp, +3.1/s, "
        + "socket() in new_socket at client.c:38")
    var empty = WatchState(size: .init(columns: 80, rows: 24))
    empty.take(WatchSample(seconds: 1))
    #expect(empty.summary(usesUnicode: false) == "fdtrack: 0 fds")
  }
}
