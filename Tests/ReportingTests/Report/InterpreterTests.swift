import LeakAnalysis
import Symbolication
import Testing

@testable import Reporting

@Suite("Code that an interpreter runs")
struct InterpreterTests {
  private func stack(_ modules: String?...) -> Report.Stack {
    Report.Stack(
      frames: modules.map { Report.StackFrame(function: nil, module: $0, offset: 0x1000) })
  }

  @Test(
    "Interpreters are known by the module that calls",
    arguments: [
      ("/usr/bin/python3.11", "Python code"), ("/usr/lib/libpython3.11.so.1.0", "Python code"),
      ("/usr/bin/perl", "Perl code"), ("/usr/bin/node", "JavaScript code"),
      ("/usr/bin/dash", "script"), ("/usr/lib/libruby-3.1.so.3.1", "Ruby code"),
      ("/bin/bash", "script"), ("/usr/bin/php8.2", "PHP code"),
      ("/usr/lib/jvm/java-17/lib/libjava.so", "Java code"), ("/usr/bin/tclsh8.6", "Tcl code"),
      ("/usr/lib/x86_64-linux-gnu/libtcl8.6.so", "Tcl code"), ("/usr/bin/wish", "Tcl code"),
    ])
  func known(module: String, code: String) {
    #expect(Interpreter(callerIn: stack(module))?.code == code)
  }

  @Test(
    "Those that can name the functions they run are told how",
    arguments: [
      ("/usr/bin/python3.13", "PYTHONPERFSUPPORT=1"), ("/opt/libpython3.12.so.1.0", "PYTHONPERF"),
      ("/usr/bin/python3", "PYTHONPERF"), ("/usr/bin/node", "NODE_OPTIONS='--perf-basic-prof "),
      ("/usr/bin/python3.11", nil), ("/usr/bin/python2.7", nil), ("/usr/bin/pypy3.12", nil),
      ("/usr/bin/perl", nil), ("/usr/bin/dash", nil),
    ])
  func naming(module: String, how: String?) throws {
    let naming = try #require(Interpreter(callerIn: stack(module))).naming
    #expect(how.map { naming?.contains($0) == true } ?? (naming == nil), "\(naming ?? "")")
  }

  @Test(
    "Whose generated code is, its file tells, or its name",
    arguments: [
      ("f", "/srv/app.py", .program), ("f", "<string>", .program), ("f", "[eval]", .program),
      ("f", "/usr/lib/python3.12/socket.py", .runtime), ("f", "<frozen os>", .runtime),
      ("f", "node:fs", .runtime), ("f", "/srv/node_modules/pg/index.js", .library),
      ("f", "/venv/lib/python3.12/site-packages/requests/api.py", .library),
      ("void App.run()", nil, .program), ("void java.io.File.open()", nil, .runtime),
      ("Interpreter", nil, .runtime), (nil, nil, .runtime),
    ] as [(String?, String?, FrameOrigin)])
  func generated(function: String?, file: String?, origin: FrameOrigin) {
    #expect(FrameOrigin(generated: SourceFrame(function: function, file: file)) == origin)
  }

  @Test("Where the code that it runs has names, the interpreter is the platform's")
  func namedCode() {
    var named = stack(
      "/opt/py/lib/python3.12/lib-dynload/_socket.so", "/opt/py/bin/python3.12", nil, nil,
      "/opt/py/bin/python3.12")
    named.frames[2] = .init(
      at: 1, known: SourceFrame(function: "create", file: "/lib/python3.12/x.py"))
    named.takeInterpreterForPlatform()
    #expect(Interpreter(callerIn: named) == nil)
    #expect(named.focus?.phrase == "in create at x.py" && named.focus?.libraryName == "x.py")
    named.frames[2].origin = .runtime
    named.frames[3] = .init(at: 2, known: SourceFrame(function: "dial", file: "/srv/app.py"))
    named.takeInterpreterForPlatform()
    #expect(Interpreter(callerIn: named) == nil)
    #expect(named.focusIndex == 3 && named.focus?.phrase == "in dial at app.py")
    #expect(named.interpretingFrames.indices == [0, 1, 4])
    #expect(named.interpretingFrames.module == "python3.12")
  }

  /// A stack of functions of Python, each with its file, between frames of the interpreter.
  private func python(_ functions: (String, String)...) -> Report.Stack {
    var stack = stack("/opt/py/bin/python3.12")
    for (function, file) in functions {
      stack.frames.append(.init(at: 1, known: SourceFrame(function: function, file: file)))
      stack.frames.append(.init(function: nil, module: "/opt/py/bin/python3.12", offset: 1))
    }
    stack.takeInterpreterForPlatform()
    return stack
  }

  @Test("What only started an event loop, or a package, did not make the call")
  func startingCode() {
    let library = "/opt/py/lib/python3.12/"
    let accepted = python(
      ("socket.accept", library + "socket.py"),
      ("BaseSelectorEventLoop._accept_connection", library + "asyncio/selector_events.py"),
      ("Handle._run", library + "asyncio/events.py"), ("<module>", "/srv/app.py"))
    #expect(
      accepted.focus?.phrase == "in BaseSelectorEventLoop._accept_connection at selector_events.py")
    let called = python(
      ("socket.__init__", library + "socket.py"), ("dial", "/srv/app.py"),
      ("Handle._run", library + "asyncio/events.py"), ("<module>", "/srv/app.py"))
    #expect(called.focus?.phrase == "in dial at app.py")
    let packaged = python(
      ("get", "/srv/venv/lib/python3.12/site-packages/cache.py"),
      ("<module>", "/srv/venv/bin/gunicorn"))
    #expect(packaged.focus?.phrase == "in get at cache.py")
    #expect(python(("<module>", "/srv/app/bin/backup.py")).focus?.origin == .program)
    #expect(python(("<module>", "/home/me/bin/backup")).focus?.phrase == "in <module> at backup")
  }

  @Test(
    "Programs whose names begin alike are none",
    arguments: [
      "/usr/bin/perlbal", "/usr/bin/nodectl", "/usr/lib/libnet.so", "/srv/shop",
      "/usr/bin/lualatex", "/usr/bin/node_exporter", "/usr/bin/node-agent",
      "/usr/lib/libtclap.so",
    ])
  func others(module: String) {
    #expect(Interpreter(callerIn: stack(module)) == nil)
  }

  @Test("Native code between is what opens, embedded interpreters and nameless code are not")
  func between() {
    let python = "/usr/bin/python3.11"
    #expect(Interpreter(callerIn: stack("/srv/venv/fast.so", python)) == nil)
    #expect(Interpreter(callerIn: stack("/usr/lib/python3/fast.so", python))?.code == "Python code")
    #expect(
      Interpreter(callerIn: stack("/usr/lib/libpython3.11.so", "/srv/app"))?.code == "Python code")
    #expect(Interpreter(callerIn: stack(nil, "/usr/bin/node"))?.code == "JavaScript code")
  }

  @Test("The modules of its own standard library are the interpreter's, wherever it is installed")
  func standardLibrary() {
    let socket = "/opt/py/lib/python3.11/lib-dynload/_socket.cpython-311-x86_64-linux-gnu.so"
    let python = "/opt/py/lib/libpython3.11.so.1.0"
    let found = Interpreter(callerIn: stack(socket, python, "/usr/bin/app"))
    #expect(found?.code == "Python code" && found?.module == "libpython3.11.so.1.0")
    #expect(Interpreter(callerIn: stack(socket, "/srv/venv/fast.so", python)) == nil)
    let ruby = "/opt/rb/lib/libruby.so.3.1"
    let core = "/opt/rb/lib/ruby/3.1.0/x86_64-linux/socket.so"
    #expect(Interpreter(callerIn: stack(core, ruby))?.code == "Ruby code")
    for module in [
      "/usr/lib/x86_64-linux-gnu/ruby/3.1.0/socket.so", "/usr/lib/php/20220829/sockets.so",
      "/usr/lib/x86_64-linux-gnu/perl/5.36/auto/Socket/Socket.so",
      "/usr/lib/x86_64-linux-gnu/perl-base/auto/Socket/Socket.so",
    ] {
      let perl = "/usr/lib/x86_64-linux-gnu/libperl.so.5.36"
      #expect(Interpreter(callerIn: stack(module, perl))?.code == "Perl code")
    }
    let added = "/usr/lib/x86_64-linux-gnu/ruby/vendor_ruby/3.1.0/puma_http11.so"
    let library = "/usr/lib/x86_64-linux-gnu/libruby-3.1.so.3.1"
    #expect(Interpreter(callerIn: stack(added, library)) == nil)
  }

  @Test("What was installed for an interpreter is called by the code that it runs")
  func installed() {
    let packages = "/srv/v/lib/python3.11/site-packages"
    for (module, interpreter, code) in [
      ("\(packages)/psycopg2_binary.libs/libpq.so.5", "/usr/bin/python3.11", "Python code"),
      ("\(packages)/fast.cpython-311.so", "/opt/py/lib/libpython3.11.so.1.0", "Python code"),
      ("/srv/app/node_modules/fast/build/Release/fast.node", "/usr/bin/node", "JavaScript code"),
      ("/opt/rb/lib/ruby/gems/3.1.0/gems/puma/puma.so", "/opt/rb/bin/ruby", "Ruby code"),
    ] {
      #expect(Interpreter(callerIn: stack(module, interpreter))?.code == code)
      #expect(stack(module, interpreter).focusIndex == 0)
    }
    #expect(Interpreter(callerIn: stack("/srv/app/build/fast.so", "/usr/bin/python3.11")) == nil)
  }

  @Test("Of what an interpreter's program calls, its place is that of the library, not of the loop")
  func focus() {
    let lua = "/usr/bin/lua5.4"
    let core = "/usr/lib/x86_64-linux-gnu/lua/5.4/socket/core.so"
    #expect(stack("/usr/lib/libc.so.6", core, core, lua, lua).focusIndex == 1)
    #expect(stack("/usr/lib/libruby-3.1.so.3.1", "/usr/bin/ruby3.1").focusIndex == 0)
    #expect(Interpreter(callerIn: stack(core, lua))?.code == "Lua code")
    // Who embeds one calls it where that is meant.
    #expect(stack("/usr/lib/libpython3.11.so", "/srv/app").focusIndex == 1)
  }

  @Test("A site says that lines share it, and is to be closed by the code, not by the interpreter")
  func site() throws {
    var report = Sample.report
    report.sites[0].stack = stack("/usr/bin/python3.11")
    report.sites[0].causes = []
    report.sites[0].advice = Advice.of(report.sites[0])
    let facts = Narrative(report).facts(of: report.sites[0])
    let note = try #require(facts.first { $0.label == "note" }?.lines.first)
    #expect(note.hasPrefix("The frames are those of python3.11, not of the Python code that it"))
    #expect(
      report.sites[0].advice == [
        "What the Python code opens by socket() needs to be closed on every path, as 1260 others"
          + " are."
      ])
    #expect(
      !Narrative(Sample.report).facts(of: Sample.report.sites[0]).contains { $0.label == "note" })
  }

  @Test("Many frames of an interpreter are counted, and its first ones shown")
  func manyFrames() {
    var report = Sample.report
    let python = "/usr/bin/python3.11"
    func text(_ modules: [String], unnamed: Int = 0, all: Bool = false) -> String {
      report.sites = [report.sites[0]]
      report.sites[0].stack = Report.Stack(
        frames: modules.enumerated().map {
          Report.StackFrame(function: "f\($0)", module: $1, offset: 0x1000)
        } + (0..<unnamed).map { _ in Report.StackFrame(function: nil, module: nil, offset: 0x10) })
      report.includesAll = all
      return TextRenderer().render(report)
    }
    let many = Array(repeating: python, count: 9)
    #expect(text(many).contains("            f2  python3.11+0x1000\n            (+6 frames of"))
    // Code that is made as the program runs has no module.
    #expect(
      text(many, unnamed: 2).contains(
        "            f2  python3.11+0x1000\n            (+8 frames of"))
    #expect(text(many, all: true).contains("f8  python3.11"))
    #expect(text(Array(many.prefix(5))).contains("f4  python3.11"))
    let module = "/usr/lib/python3.11/lib-dynload/_asyncio.cpython-311-x86_64-linux-gnu.so"
    #expect(
      text(Array(many.prefix(5)) + [module, python]).contains(
        "            f2  python3.11+0x1000\n"
          + "            (+4 frames of python3.11 and its modules)"))
    // Its program hardly does more than to call its library.
    let ruby = Array(repeating: "/usr/lib/libruby-3.1.so.3.1", count: 6) + ["/usr/bin/ruby3.1"]
    #expect(
      text(ruby).contains(
        "            f2  libruby-3.1.so.3.1+0x1000\n            (+4 frames of libruby-3.1"))
    // What an extension module or the embedding program does is told.
    #expect(text(many + ["/srv/app"]).contains("f8  python3.11"))
  }

  @Test("The frame that the title names is shown, however many of a library are below it")
  func focusBelowLibrary() {
    var report = Sample.report
    let system = Array(repeating: "/usr/lib/x86_64-linux-gnu/libsqlite3.so.0", count: 5)
    let module = "/opt/lib/python3.11/lib-dynload/_sqlite3.cpython-311-x86_64-linux-gnu.so"
    let modules = system + [module] + Array(repeating: "/opt/lib/libpython3.11.so.1.0", count: 9)
    report.sites = [report.sites[0]]
    report.sites[0].stack = Report.Stack(
      frames: modules.enumerated().map {
        Report.StackFrame(function: "f\($0)", module: $1, offset: 0x1000)
      })
    let text = TextRenderer().render(report)
    let focus = report.sites[0].stack.focusIndex
    #expect(focus == 5 && text.contains("          › f5  _sqlite3"))
    #expect(text.contains("\n            (+9 frames of libpython3.11.so.1.0)\n"))
  }

  @Test("What is only suspect is to be closed if it is not meant to stay")
  func suspect() {
    var site = Sample.leak
    site.verdict = .suspect
    site.stack = stack("/usr/bin/python3.11")
    site.causes = []
    site.closed = 1
    #expect(
      Advice.of(site) == [
        "If what the Python code opens by socket() is not meant to stay open, close it on every"
          + " path, as 1 other is."
      ])
  }

  @Test(
    "What programs keep of an interpreter's descriptors is a matter of the code that it runs",
    arguments: [
      (
        "/bin/dash",
        "Close it in the script for programs that are not to have it: `command N>&-`."
      ),
      (
        "/usr/bin/perl",
        "Set close-on-exec where the Perl code opens it, so that started programs do not keep it."
      ),
    ])
  func kept(module: String, advice: String) {
    var site = Sample.leak
    site.stack = stack(module)
    let handle = Report.Handle(
      fds: [3], cause: "never_cloexec", made: .init(api: "open", stack: site.stack))
    let start = Report.Call(api: "execve", stack: site.stack)
    #expect(CloseOnExec.advice(for: handle, started: start) == advice)
    site.kept = .init(handle: handle, start: start)
    #expect(Advice.of(site).last == advice)
  }

  @Test(
    "PHP sets close-on-exec for files alone, by a letter of their mode",
    arguments: [
      ("open", "Add the letter \"e\" to the mode of the PHP code's fopen()"),
      ("socket", "PHP sets close-on-exec for files alone: close it in the command, `N>&-`"),
      ("pipe2", "PHP sets close-on-exec for files alone: close it in the command, `N>&-`"),
    ])
  func keptOfPHP(api: String, advice: String) {
    let stack = stack("/usr/bin/php8.2")
    let handle = Report.Handle(
      fds: [3], cause: "never_cloexec", made: .init(api: api, stack: stack))
    let start = Report.Call(api: "popen", stack: stack)
    #expect(
      CloseOnExec.advice(for: handle, started: start) == advice
        + ", so that started programs do not keep it.")
  }

  @Test(
    "The script that PHP was started with is its own, and what other code reads by stdio is not")
  func ownScript() {
    let php = Report.Call(api: "fopen64", stack: stack("/usr/bin/php8.2"))
    let argv = ["php", "-d", "x=1", "../app/run.php", "data.csv"]
    #expect(CloseOnExec.isOwnScript("/srv/app/run.php", php, of: argv))
    #expect(!CloseOnExec.isOwnScript("/srv/app/log.txt", php, of: argv))
    #expect(!CloseOnExec.isOwnScript("/usr/bin/php", php, of: argv))
    #expect(!CloseOnExec.isOwnScript(nil, php, of: argv))
    let others = [
      ("fopen64", "/bin/dash"), ("fopen64", "/srv/app/server"), ("open", "/usr/bin/php"),
    ]
    for (api, module) in others {
      let other = Report.Call(api: api, stack: stack(module))
      #expect(!CloseOnExec.isOwnScript("/srv/app/data.csv", other, of: argv))
    }
  }
}
