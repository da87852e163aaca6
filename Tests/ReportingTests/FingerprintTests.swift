import LeakAnalysis
import Testing

@testable import Reporting

@Suite("Fingerprints")
struct FingerprintTests {
  private func of(_ frames: [Report.StackFrame], api: String = "socket") -> String {
    Fingerprint(api: api, kind: "tcp", stack: Report.Stack(frames: frames)).description
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

  @Test("A known fingerprint stays what it was")
  func known() {
    #expect(of([own]) == "5a96c76795063a04")
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
      ("/srv/app/server", "std::vector<int>::push_back", .runtime),
      ("/srv/app/server", "_start", .runtime),
    ] as [(String, String, FrameOrigin)])
  func origins(module: String, function: String, origin: FrameOrigin) {
    #expect(FrameOrigin(module: module, function: function, file: nil) == origin)
  }
}
