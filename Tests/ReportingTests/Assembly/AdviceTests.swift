import LeakAnalysis
import Testing

@testable import Reporting

@Suite("What is advised for a site") struct AdviceTests {
  private static let sqlite = "/usr/lib/x86_64-linux-gnu/libsqlite3.so.0"

  private static func stack(_ library: String?, in focus: String = "lookup") -> Report.Stack {
    Report.Stack(
      frames: [
        Sample.frame("unixOpen", nil, nil, module: sqlite, offset: 1),
        Sample.frame(library, nil, nil, module: sqlite, offset: 2),
        Sample.frame(focus, "/src/sq.c", 3, offset: 3),
      ] + Sample.tail)
  }

  private func advice(
    _ library: String? = "sqlite3_open", _ change: (inout Report.Site) -> Void = { _ in }
  ) -> [String] {
    var site = Sample.leak
    (site.api, site.closed, site.closers, site.causes) = ("open64", 0, [], [])
    site.stack = Self.stack(library)
    change(&site)
    return Advice.of(site)
  }

  @Test("What an object of the C++ library opened is closed by that object")
  func standardObjects() {
    func advice(_ functions: [String], closed: UInt64 = 0) -> String {
      var site = Sample.leak
      (site.api, site.closed, site.causes) = ("fopen64", closed, [])
      if closed == 0 { site.closers = [] }
      site.stack.frames.insert(
        contentsOf: functions.map {
          Sample.frame($0, nil, nil, module: "/usr/lib/libstdc++.so.6", offset: 1)
        }, at: 0)
      return Advice.of(site)[0]
    }
    let buffer = "std::basic_filebuf<char, std::char_traits<char> >::open(char const*)"
    let stream = "std::basic_ifstream<char, std::char_traits<char> >::basic_ifstream(char const*)"
    let opened = "What fopen64() opens in new_socket at client.c:38 is"
    #expect(
      advice([buffer, stream])
        == "\(opened) never closed: close or destroy the std::ifstream when done with it.")
    #expect(advice([buffer]).hasSuffix(": close or destroy the stream when done with it."))
    #expect(
      advice(["std::filesystem::__cxx11::recursive_directory_iterator::increment()"], closed: 9)
        == "\(opened) not closed on every path: destroy the"
        + " std::filesystem::recursive_directory_iterator, as is done for the others in finish at"
        + " client.c:99.")
    #expect(advice(["std::call<std::basic_ifstream<char> >()"]).contains("never closed: call "))
  }

  @Test("What came from a library that is all headers is released by what is made of it")
  func headers() {
    var site = Sample.leak
    (site.api, site.closed, site.closers, site.causes) = ("accept", 0, [], [])
    let open = "int net::detail::call<unsigned int>(unsigned int)"
    site.stack.frames.insert(
      contentsOf: [
        Sample.frame(open, "/usr/include/net/detail/ops.ipp", 9, offset: 1),
        Sample.frame("net::acceptor::accept()", "/usr/include/net/acceptor.hpp", 7, offset: 2),
      ], at: 0)
    #expect(
      Advice.of(site) == [
        "What accept() opens in new_socket at client.c:38 is never closed: release what"
          + " net::acceptor::accept() of acceptor.hpp made or uses when done with it."
      ])
    site.stack.frames.removeLast(site.stack.frames.count - 2)
    #expect(
      Advice.of(site)[0].hasPrefix(
        "What accept() opens in net::detail::call<unsigned int> at ops.ipp:9 is never closed:"))
  }

  @Test("What a library opened is to be released as what the program had of it")
  func library() {
    #expect(
      advice() == [
        "What open64() opens in lookup at sq.c:3 is never closed: release what sqlite3_open() of"
          + " libsqlite3.so.0 made or uses when done with it."
      ])
    #expect(
      advice(nil)[0].hasSuffix(
        ": release what the call of libsqlite3.so.0 made or uses when done with it."))
    #expect(
      advice {
        $0.closed = 3
        $0.closers = [.init(api: "close", stack: Self.stack("sqlite3_close"), count: 3)]
      } == [
        "What open64() opens in lookup at sq.c:3 is not closed on every path: release what"
          + " sqlite3_open() of libsqlite3.so.0 made or uses, as is done for the others by"
          + " sqlite3_close() in lookup at sq.c:3."
      ])
    #expect(
      advice { $0.verdict = .suspect } == [
        "If what open64() opens in lookup at sq.c:3 is not meant to stay open, release what"
          + " sqlite3_open() of libsqlite3.so.0 made or uses when done with it."
      ])
    #expect(
      advice {
        $0.causes = [
          .init(
            api: "connect", error: 111, errorName: "ECONNREFUSED", stack: Sample.connectFails,
            count: 1, of: 1)
        ]
      } == [
        "When connect() fails with ECONNREFUSED, in dial at client.c:58, called by main at main.c:12,"
          + " release what sqlite3_open() of libsqlite3.so.0 made or uses."
      ])
  }

  @Test(
    "What is opened below an event loop is not of the loop",
    arguments: [
      "boost::asio::io_context::run()", "QEventLoop::exec(QFlags<F>)", "uv_run", "run",
      "Tcl_MainEx", "glutMainLoop", "gtk_main",
    ])
  func eventLoop(run: String) {
    #expect(
      advice(run) == [
        "What open64() opens in lookup at sq.c:3 is never closed: release the object that owns it"
          + " when done with it."
      ])
    #expect(advice("sqlite3_exec")[0].contains("what sqlite3_exec() of"))
    #expect(advice("db_open_domain")[0].contains("what db_open_domain() of"))
    #expect(advice("dbMaintain")[0].contains("what dbMaintain() of"))
    #expect(advice("g_main_context_new")[0].contains("what g_main_context_new() of"))
  }

  @Test("What a library opened for the program is the program's to close where that closes others")
  func handedOut() {
    func told(_ frames: [Report.StackFrame]) -> String {
      advice {
        $0.closed = 3
        $0.closers = [.init(api: "close", stack: .init(frames: frames), count: 3)]
      }[0]
    }
    let (drop, main) = (
      Sample.frame("drop", "/src/sq.c", 9, offset: 3),
      Sample.frame("main", "/src/sq.c", 12, offset: 4)
    )
    #expect(
      told([drop, main])
        == "What open64() opens in lookup at sq.c:3 needs close() on every path, as is done for the"
        + " others in drop at sq.c:9.")
    // A library asked the program's function to close.
    let callsBack = Sample.frame("perform", nil, nil, module: "/usr/lib/libcurl.so.4", offset: 1)
    #expect(told([drop, callsBack, main]).contains("release what sqlite3_open() of"))
  }

  @Test("Of those that close others, one that a line of the program's leads to is shown")
  func example() {
    func told(_ count: UInt64) -> String {
      let worker = Sample.frame(nil, nil, nil, module: "/usr/lib/libgio.so", offset: 1)
      return advice {
        $0.closed = 90
        $0.closers = [
          .init(api: "close", stack: .init(frames: [worker]), count: 80),
          .init(api: "close", stack: Self.stack("sqlite3_close"), count: count),
        ]
      }[0]
    }
    #expect(told(8).contains("by sqlite3_close() in lookup at sq.c:3"))
    #expect(told(7).contains("the others at libgio.so+0x1"))
  }

  @Test("The line that runs an event loop is not said to close, nor to fail")
  func belowEventLoop() {
    let run: Report.Stack = .init(frames: [
      Sample.frame(nil, nil, nil, module: "/usr/lib/libuv.so.1", offset: 1),
      Sample.frame("uv_run", nil, nil, module: "/usr/lib/libuv.so.1", offset: 2),
      Sample.frame("main", "/src/main.c", 12, offset: 3),
    ])
    let advice = advice {
      $0.stack = run
      $0.closers = [.init(api: "close", stack: run, count: 9)]
      $0.causes = [
        .init(api: "read", error: 104, errorName: "ECONNRESET", stack: run, count: 1, of: 1)
      ]
    }
    #expect(
      advice == [
        "When read() fails with ECONNRESET, below uv_run() in main at main.c:12, release the object"
          + " that owns it, as is done for the others below uv_run() in main at main.c:12."
      ])
  }

  @Test("What a library's own thread opened is not the program's to close")
  func libraryThread() {
    #expect(
      advice {
        $0.stack.frames = [
          Sample.frame(
            nil, nil, nil, module: "/srv/v/lib/python3/site-packages/net.so", offset: 1)
        ]
      } == [
        "What open64() opens at net.so+0x1 is never closed: release what net.so made or uses when"
          + " done with it."
      ])
  }

  @Test(
    "What has a closing function of its own is to be closed by that",
    arguments: [
      ("fts_open", "fts_close()"), ("setmntent", "endmntent()"), ("mq_open", "mq_close()"),
      ("open", "close()"),
    ])
  func closingFunction(api: String, close: String) {
    var site = Sample.leak
    (site.api, site.closed, site.closers, site.causes) = (api, 0, [], [])
    #expect(Advice.of(site)[0].hasSuffix("is never closed: call \(close) when done with it."))
  }

  @Test("A flag that a library's call lacks is told with that library's function")
  func flagOfLibrary() {
    let handle = Report.Handle(
      fds: [3], cause: "never_cloexec",
      made: .init(api: "open64", stack: Self.stack("sqlite3_open")))
    #expect(
      CloseOnExec.advice(
        for: handle, started: Report.Call(api: "execve", stack: Sample.runWorker))
        == "Use O_CLOEXEC in open64() in sqlite3_open at libsqlite3.so.0+0x2, so that started"
        + " programs do not keep it. Or call close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) before"
        + " execve() in run_worker at server.c:120.")
  }

  @Test("getsockopt tells of a failure, and does not fail itself")
  func outcomeOfConnect() {
    let cause = Report.Note(
      api: "getsockopt", error: 111, errorName: "ECONNREFUSED", stack: Sample.connectFails,
      count: 1, of: 1)
    var site = Sample.leak
    (site.causes, site.closers) = ([cause], [])
    #expect(
      Advice.of(site) == [
        "Call close() when getsockopt(SO_ERROR) tells ECONNREFUSED, in dial at client.c:58."
      ])
    site.stack = Report.Stack(
      frames: [Report.StackFrame(function: nil, module: "/usr/bin/perl", offset: 1)])
    #expect(
      Advice.of(site) == [
        "What the Perl code opens by socket() needs to be closed when getsockopt(SO_ERROR) tells"
          + " ECONNREFUSED."
      ])
  }

  private static func causes(_ told: [(api: String, error: Int32, stack: Report.Stack)])
    -> [Report.Note]
  {
    told.map {
      Report.Note(
        api: $0.api, error: $0.error,
        errorName: [32: "EPIPE", 104: "ECONNRESET", 110: "ETIMEDOUT"][$0.error], stack: $0.stack,
        count: 1, of: 9)
    }
  }

  private static func stack(in function: String, _ line: Int) -> Report.Stack {
    Report.Stack(frames: [Sample.frame(function, "/src/a.c", line, offset: 1)])
  }

  @Test("Several causes of one call in one place are one moment")
  func oneMoment() {
    let ask = Self.stack(in: "ask", 9)
    func advice(_ errors: [Int32]) -> String {
      var site = Sample.leak
      site.closers = []
      site.causes = Self.causes(errors.map { ("recv", $0, ask) })
      return Advice.of(site)[0]
    }
    #expect(
      advice([104, 0])
        == "Call close() when recv() fails with ECONNRESET or returns 0, the peer's end, in ask"
        + " at a.c:9.")
    #expect(
      advice([0, 32, 104])
        == "Call close() when recv() fails with EPIPE or ECONNRESET, or returns 0, the peer's end,"
        + " in ask at a.c:9.")
    #expect(
      advice([32, 104, 110])
        == "Call close() when recv() fails with EPIPE, ECONNRESET or ETIMEDOUT, in ask at a.c:9.")
  }

  @Test("Causes in several places are told place by place, three of them")
  func severalMoments() {
    var site = Sample.leak
    site.closers = []
    site.causes = Self.causes([
      ("write", 32, Self.stack(in: "send", 3)), ("recv", 0, Self.stack(in: "ask", 9)),
    ])
    #expect(
      Advice.of(site) == [
        "Call close() when write() fails with EPIPE, in send at a.c:3, and when recv() returns 0,"
          + " the peer's end, in ask at a.c:9."
      ])
    site.causes = Self.causes((1...5).map { ("recv", 104, Self.stack(in: "ask", $0)) })
    #expect(Advice.of(site)[0].hasSuffix(", in ask at a.c:3, and at 2 other places."))
  }

  @Test("What the peers of others have closed is left on other paths than those of the causes")
  func otherPaths() {
    func advice(_ peersClosed: Int) -> String {
      var site = Sample.leak
      site.closers = []
      site.reasons = [Sample.reason(.peerClosed(count: peersClosed, of: 9))]
      site.causes = Self.causes([
        ("recv", 104, Self.stack(in: "ask", 9)), ("recv", 0, Self.stack(in: "ask", 9)),
      ])
      return Advice.of(site)[0]
    }
    let moment =
      "Call close() when recv() fails with ECONNRESET or returns 0, the peer's end, in ask at a.c:9"
    #expect(advice(1) == "\(moment).")
    #expect(advice(2) == "\(moment), and on every other path (the peer of 1 more has closed).")
    #expect(advice(9) == "\(moment), and on every other path (the peers of 8 more have closed).")
  }

  @Test("What children served is to be closed in their parent, after the fork")
  func leftByChildren() {
    func advice(_ count: Int, closed: Int, module: String = "/src/server") -> String {
      var site = Sample.leak
      (site.api, site.closed, site.closers, site.causes) = ("accept", 0, [], [])
      site.stack = Report.Stack(
        frames: [Sample.frame("run", "/src/server.c", 17, module: module, offset: 1)])
      let reason = LeakAnalysis.Reason.leftByChildren(
        api: "fork", count: count, of: 9, closed: closed, stack: 1)
      site.reasons = [
        Sample.reason(.peerClosed(count: 9, of: 9)), Sample.reason(reason, at: site.stack),
      ]
      return Advice.of(site)[0]
    }
    let copies = "the child has a copy of its own."
    #expect(
      advice(9, closed: 9)
        == "Call close() in the parent after fork() in run at server.c:17: \(copies)")
    #expect(
      advice(9, closed: 0)
        == "If the child serves the connection, call close() in the parent after fork() in run at"
        + " server.c:17: \(copies)")
    #expect(!advice(8, closed: 8).contains("fork"))
    #expect(
      advice(9, closed: 9, module: "/usr/bin/perl")
        == "Close it in the parent after fork(): \(copies)")
  }

  @Test("An interpreter's code is told of all of them, without places")
  func interpretedCauses() {
    var site = Sample.leak
    site.stack = Report.Stack(
      frames: [Report.StackFrame(function: nil, module: "/usr/bin/perl", offset: 1)])
    site.causes = Self.causes([("recv", 104, site.stack), ("recv", 0, site.stack)])
    #expect(
      Advice.of(site) == [
        "What the Perl code opens by socket() needs to be closed when recv() fails with ECONNRESET"
          + " or the peer has closed its end."
      ])
  }
}
