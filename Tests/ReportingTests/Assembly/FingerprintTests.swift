import LeakAnalysis
import Testing

@testable import Reporting

extension Fingerprint {
  init(api: String, stack: Report.Stack) {
    var callers = FingerprintCallers()
    for frame in stack.frames {
      callers.add(
        StableName(
          module: frame.module.map(StableModule.init(path:)), function: frame.function,
          file: frame.file, offset: frame.offset))
    }
    self.init(api: api, callers)
  }
}

@Suite("Fingerprints")
struct FingerprintTests {
  private func of(_ frames: [Report.StackFrame], api: String = "socket") -> String {
    Fingerprint(api: api, stack: Report.Stack(frames: frames)).description
  }

  private let own = Sample.frame("dial", "/src/a.c", 10, offset: 0x1000)

  @Test("Lines, addresses, folders, builds and library versions may change")
  func stable() {
    var moved = own
    moved.line = 99
    moved.file = "/elsewhere/b.c"
    moved.offset = 0x9999
    moved.buildID = nil
    moved.module = "/usr/local/bin/server"
    #expect(of([own]) == of([moved]))
    var library = own
    library.module = "/opt/lib/libpool.so.1.2"
    var newer = own
    newer.module = "/opt/lib/libpool.so.2"
    #expect(of([library]) == of([newer]))
  }

  @Test("The platform's frames and the depth of a recursion do not count")
  func platform() {
    let libc = Sample.frame(
      "__libc_start_main", nil, nil, module: "/lib/x86_64-linux-gnu/libc.so.6", offset: 1)
    #expect(of([own]) == of([own, libc]))
    #expect(of([own, own, own]) == of([own]))
  }

  @Test("The function called, the functions on the way and their modules count")
  func distinct() {
    let other = Sample.frame("redial", "/src/a.c", 10, offset: 0x1000)
    var elsewhere = own
    elsewhere.module = "/srv/app/client"
    let prints = [
      of([own]), of([other]), of([elsewhere]), of([own, other]), of([other, own]),
      of([own], api: "accept"),
    ]
    #expect(Set(prints).count == prints.count)
    #expect(prints.allSatisfy { $0.count == 16 })
  }

  @Test("A function without a name counts with its offset")
  func stripped() {
    let bare = Sample.frame(nil, nil, nil, offset: 0x1000)
    let next = Sample.frame(nil, nil, nil, offset: 0x2000)
    #expect(of([bare]) != of([next]))
    #expect(of([bare]) == of([bare]))
  }

  @Test("What has no name in the distribution's libraries counts as its library")
  func library() {
    func bare(_ offset: UInt64) -> Report.StackFrame {
      Sample.frame(
        nil, nil, nil, module: "/usr/lib/x86_64-linux-gnu/libcurl.so.4", offset: offset)
    }
    #expect(of([bare(1), own]) == of([bare(2), own]))
    #expect(of([bare(1), own]) != of([own]))
  }

  @Test("Code that was made at run time counts without its address")
  func jit() {
    func made(_ address: UInt64) -> Report.StackFrame {
      Report.StackFrame(function: nil, module: nil, offset: address)
    }
    #expect(of([made(1), made(2), own]) == of([made(3), own]))
    #expect(of([made(1), own]) != of([own]))
  }

  @Test("How deep functions call each other in turns does not count")
  func mutualRecursion() {
    let odd = Sample.frame("odd", nil, nil, offset: 1)
    let even = Sample.frame("even", nil, nil, offset: 2)
    #expect(of([odd, even, odd, even, own]) == of([odd, even, own]))
  }

  @Test("Of a deep stack the innermost sixteen callers count")
  func deep() {
    func callers(_ count: Int) -> [Report.StackFrame] {
      (0..<count).map { Sample.frame("f\($0)x", nil, nil, offset: 1) }
    }
    #expect(of(callers(16)) == of(callers(500)))
    #expect(of(callers(15)) != of(callers(16)))
    // However many of the platform are between.
    let libc = Sample.frame("qsort", nil, nil, module: "/lib/libc.so.6", offset: 1)
    #expect(of(callers(16)) == of(callers(17).flatMap { [$0, libc] }))
  }

  @Test("The names by which a program binds to one function are one")
  func callNames() {
    #expect(of([own], api: "open") == of([own], api: "__open64_2"))
    #expect(of([own], api: "open") != of([own], api: "openat"))
  }

  @Test(
    "Numbers that compilers give to what has no name do not count",
    arguments: [
      (
        "main::{lambda(int)#1}::operator()(int) const",
        "main::{lambda(int)#12}::operator()(int) const"
      ),
      ("app::run::{closure#0}", "app::run::{closure#1}"),
      ("closure #1 () -> () in main.run()", "closure #2 () -> () in main.run()"),
      ("inner.0", "inner.3"), ("inner.0", "inner"),
    ])
  func numbers(before: String, after: String) {
    func named(_ name: String) -> Report.StackFrame { Sample.frame(name, nil, nil, offset: 1) }
    #expect(of([named(before)]) == of([named(after)]))
  }

  @Test("Numbers of names count")
  func numbersOfNames() {
    func named(_ name: String) -> Report.StackFrame { Sample.frame(name, nil, nil, offset: 1) }
    #expect(of([named("dial2")]) != of([named("dial3")]))
    #expect(of([named("a.b2")]) != of([named("a.b3")]))
  }

  @Test("A known fingerprint stays what it was")
  func known() {
    #expect(of([own]) == "d2956e7cdffe350c")
  }

  @Test("What headers put into the program is the platform's, or the library's that was installed")
  func headers() {
    for (file, origin) in [
      ("/usr/include/x86_64-linux-gnu/bits/fcntl2.h", .runtime),
      ("/usr/include/bits/stdio2.h", .runtime), ("/srv/app/include/bits.h", .program),
      ("/usr/include/boost/asio/impl/read.hpp", .library),
      ("/usr/local/include/zmq.hpp", .library),
      ("/home/me/app/vcpkg_installed/x64-linux/include/asio.hpp", .library),
      ("/nix/store/0c-boost-1.83-dev/include/boost/asio.hpp", .library),
      ("/nix/store/1d-source/src/main.cpp", .program), ("/srv/usr/include/own.h", .program),
      ("/usr/include/c++/12/fstream", .runtime),
      ("library/core/src/ops/function.rs", .runtime), ("library/pool/src/lib.rs", .program),
    ] as [(String, FrameOrigin)] {
      #expect(FrameOrigin(module: "/srv/app/server", function: "open", file: file) == origin)
    }
  }

  @Test(
    "Frames are the program's, a library's or the platform's",
    arguments: [
      ("/srv/app/server", "main", .program), ("/usr/bin/nginx", "main", .program),
      ("/usr/lib/x86_64-linux-gnu/libcurl.so.4", "easy", .library),
      ("/lib/x86_64-linux-gnu/libc.so.6", "start", .runtime),
      ("/lib/libc-2.31.so", "start", .runtime), ("/lib64/ld-linux-x86-64.so.2", "x", .runtime),
      ("/lib/ld-musl-x86_64.so.1", "x", .runtime), ("/usr/lib/libclang.so.14", "x", .library),
      ("/opt/libcache.so", "x", .program), ("[vdso]", "x", .runtime),
      ("/home/me/v/lib/python3.11/site-packages/grpc/_cython/cygrpc.cpython-311.so", "x", .library),
      ("/srv/v/lib/python3.11/site-packages/psycopg2_binary.libs/libpq-b.so.5", "x", .library),
      ("/usr/local/lib/python3/dist-packages/fast.so", "x", .library),
      ("/srv/app/node_modules/sqlite3/build/Release/sqlite3.node", "x", .library),
      ("/usr/local/bundle/gems/pg-1.5/lib/pg_ext.so", "x", .library),
      ("/usr/local/bundle/extensions/x86_64-linux/3.2.0/pg-1.5/pg_ext.so", "x", .library),
      ("/srv/app/build/fast.cpython-311.so", "x", .program),
      ("/srv/app/build/Release/fast.node", "x", .program),
      ("/srv/app/.libs/libfast.so", "x", .program),
      ("/srv/app/node_modules/.bin/esbuild", "main", .program),
      ("/srv/app/server", "std::vector<int>::push_back", .runtime),
      ("/srv/app/server", "_start", .runtime),
      ("/srv/app/server", "void std::sort<int*>(int*, int*)", .runtime),
      ("/srv/app/server", "<core::Option<T> as core::Clone>::clone", .runtime),
      ("/srv/app/server", "std::pair<int, int> app::both<int>(int)", .program),
      ("/srv/app/server", "bool operator< <int>(app::A, std::B)", .program),
      ("/srv/app/server", "app::run(std::function<void (int)>)", .program),
    ] as [(String, String, FrameOrigin)])
  func origins(module: String, function: String, origin: FrameOrigin) {
    #expect(FrameOrigin(module: module, function: function, file: nil) == origin)
    #expect(FrameOrigin(module: nil, function: nil, file: nil) == .runtime)
  }
}
