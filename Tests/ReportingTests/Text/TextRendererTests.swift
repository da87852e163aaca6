import LeakAnalysis
import Testing

@testable import Reporting

@Suite("Text reports")
struct TextRendererTests {
  private func text(_ report: Report, width: Int = 80, color: Bool = false, unicode: Bool = false)
    -> String
  {
    TextRenderer(style: TextStyle(width: width, usesColor: color, usesUnicode: unicode))
      .render(report)
  }

  @Test("The whole report reads as agreed")
  func golden() {
    let rendered = text(Sample.report)
    let expected = Golden.text
    // Line by line, so that a difference is shown where it is.
    let lines = rendered.split(separator: "\n", omittingEmptySubsequences: false)
    let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
    for (line, want) in zip(lines, wanted) { #expect(line == want) }
    #expect(lines.count == wanted.count)
  }

  @Test("Colour adds escape sequences and changes nothing else")
  func color() {
    let colored = text(Sample.report, color: true)
    #expect(colored.contains("\u{1b}[1;31m1 call site leaks 40 fds"))
    #expect(colored.replacing(/\u{1b}\[[0-9;]*m/, with: "") == text(Sample.report))
  }

  @Test("No line is wider than asked for", arguments: [40, 41, 60, 80, 133])
  func width(columns: Int) {
    for report in [Sample.report, Hostile.report] {
      for unicode in [false, true] {
        for line in text(report, width: columns, unicode: unicode).split(separator: "\n") {
          #expect(VisibleText.width(String(line)) <= columns, "\(line)")
        }
      }
    }
  }

  @Test("Nothing from a trace reaches the terminal as a control")
  func hostile() {
    for unicode in [false, true] {
      let rendered = text(Hostile.report, unicode: unicode)
      let unsafe = rendered.unicodeScalars.filter { $0 != "\n" && VisibleText.isUnsafe($0) }
      #expect(unsafe.isEmpty)
      #expect(unicode || rendered.unicodeScalars.allSatisfy(\.isASCII))
      #expect(rendered.contains("\\u{1b}"))
    }
  }

  @Test("What a process inherited is counted whole where its list is cut")
  func inheritedCount() throws {
    var report = Sample.report
    let worker = try #require(report.processes.lastIndex { $0.pid == 812 })
    report.processes[worker].omittedInherited = 70
    #expect(text(report, width: 120).contains("4 fds open at the end (72 inherited)"))
  }

  @Test("The first frame of the program's own code is marked")
  func focus() {
    let lines = text(Sample.report).split(separator: "\n")
    #expect(lines.contains("          > cache::Store::load(std::string const&)  src/cache.cc:203"))
    #expect(lines.contains { $0.hasPrefix("  opened    std::fopen(") })
  }

  @Test("Sites that are no finding are told in a line, and with all in full")
  func held() {
    var report = Sample.report
    #expect(!text(report).contains("HELD"))
    #expect(text(report).contains("1 file from open() in open_log at log.c:7."))
    report.includesAll = true
    #expect(text(report).contains("HELD  1 file from open()"))
  }

  @Test("A long list is cut and says how much is missing")
  func longLists() {
    var report = Sample.report
    report.misuse = (0..<100).map {
      Report.Misuse(
        kind: "double_close", process: 1, fds: $0...$0, api: "close", stack: .missing)
    }
    #expect(text(report).contains("+76 more; --format json lists all."))
  }

  @Test("Start-up code is told by the frame that calls main, also where it has no names")
  func starting() {
    func named(_ name: String?, in module: String) -> Report.StackFrame {
      .init(function: name, module: module, offset: 1)
    }
    let stripped = [
      named(nil, in: "/bin/dash"), named("__libc_start_call_main", in: "/lib/libc.so.6"),
      named("__libc_start_main_impl", in: "/lib/libc.so.6"), named(nil, in: "/bin/dash"),
    ]
    #expect(Report.Stack(frames: stripped).startingFrames == 3)
    let rust = [
      named("m::main", in: "/srv/m"), named("core::ops::FnOnce::call_once", in: "/srv/m"),
      named("std::sys::backtrace::__rust_begin_short_backtrace", in: "/srv/m"),
      named("std::rt::lang_start_internal", in: "/srv/m"), named("main", in: "/srv/m"),
    ]
    #expect(Report.Stack(frames: rust).startingFrames == 4)
    #expect(Report.Stack(frames: Array(stripped.dropFirst())).startingFrames == 0)
  }

  @Test("The program's own code is a library's rather than what has no name at all")
  func unnamed() {
    let frames = [
      Report.StackFrame(function: "read", module: "/usr/lib/jvm/libjava.so", offset: 1),
      Report.StackFrame(function: nil, module: nil, offset: 0x7f57_dc94_55d9),
    ]
    #expect(Report.Stack(frames: frames).focus?.function == "read")
  }

  @Test("Frames of libraries before the program's own, and those of its start, are folded")
  func folded() {
    var report = Sample.report
    let library = Sample.frame("std::call()", "/usr/include/c++/12/functional", 7, offset: 1)
    report.sites[0].stack.frames.insert(contentsOf: Array(repeating: library, count: 30), at: 0)
    let folded = text(report)
    #expect(folded.contains("(+28 frames of libraries)\n          > new_socket (inlined)"))
    #expect(folded.contains("(+2 frames of start-up code)") && !folded.contains("_start"))
    report.includesAll = true
    let whole = text(report)
    #expect(!whole.contains("frames of") && whole.contains("_start"))
  }

  @Test("The library's function that the program called, and its own, are told in any case")
  func callIntoLibrary() {
    var report = Sample.report
    report.sites = [report.sites[0]]
    let inner = (0..<40).map {
      Sample.frame("inner\($0)", nil, nil, module: "/usr/lib/libdb.so.5", offset: 1)
    }
    report.sites[0].stack.frames.insert(contentsOf: inner, at: 0)
    let folded = text(report)
    #expect(
      folded.contains("inner1  libdb.so.5+0x1\n            (+37 frames of libraries)\n"))
    #expect(folded.contains("inner39  libdb.so.5+0x1\n          > new_socket (inlined)"))
    report.includesAll = true
    #expect(text(report).contains("> new_socket (inlined)"))
    #expect(MarkdownRenderer().render(report).contains("> new_socket (inlined)"))
  }

  @Test("Long runs of libraries' frames between the program's own are folded, too")
  func libraryBelow() {
    var report = Sample.report
    report.sites = [report.sites[0]]
    let loop = ["run", "poll", "dispatch", "call"].map {
      Sample.frame("net::\($0)()", "/usr/include/net/loop.hpp", 4, offset: 1)
    }
    report.sites[0].stack.frames.insert(contentsOf: loop.reversed(), at: 1)
    let folded = text(report)
    #expect(
      folded.contains(
        "(+3 frames of libraries)\n            net::run()  /usr/include/net/loop.hpp:4\n"))
    report.includesAll = true
    #expect(text(report).contains("net::dispatch()"))
    // Where nothing is the program's own, all is shown.
    report.includesAll = false
    report.sites[0].stack.frames = loop.reversed() + Sample.tail.suffix(2)
    #expect(text(report).contains("> net::call()") && text(report).contains("net::dispatch()"))
  }

  @Test("Without a frame of the program's own, the first nameless ones of a library are enough")
  func namelessLibrary() {
    var report = Sample.report
    report.sites = [report.sites[0]]
    report.sites[0].stack.frames = (1...9).map {
      Sample.frame(nil, nil, nil, module: "/srv/v/lib/python3/site-packages/net.so", offset: $0)
    }
    #expect(text(report).contains("net.so+0x3\n            (+6 more frames)\n"))
    report.includesAll = true
    #expect(text(report).contains("net.so+0x9"))
  }

  @Test("A stack of thousands of frames is cut")
  func deepStack() {
    var report = Sample.report
    report.sites[0].stack = Report.Stack(
      frames: Array(repeating: Sample.tail[0], count: 5000) + Sample.tail, end: .cut)
    #expect(text(report).contains("(+4983 more frames)"))
  }
}
