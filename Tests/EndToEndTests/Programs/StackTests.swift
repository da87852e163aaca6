import Foundation
import Testing

@Suite("Stacks that are hard to walk")
struct StackTests {
  @Test("A leak in a signal handler shows the handler and what it interrupted")
  func signalHandler() throws {
    try withScratch { folder in
      let report = try track("deep_stacks", ["3"], in: folder).report
      let site = try report.site(at: "LEAK: signal", in: "deep_stacks.c")
      #expect(site.functions.prefix(2) == ["open_in_handler", "on_signal"])
      let interrupted = try #require(site.functions.firstIndex(of: "interrupted"))
      #expect(site.functions.dropFirst(interrupted + 1).first == "main")
    }
  }

  @Test("A program whose segments stand apart from each other has its whole stack and its lines")
  func gapsBetweenSegments() throws {
    try withScratch { folder in
      let program = try Project.fixture("manners_sparse")
      let segments = try shell("readelf -lW \(program) | awk '$1 == \"LOAD\" { print $3, $6 }'")
      let places = try segments.split(separator: "\n").map { line in
        try line.split(separator: " ").map { try #require(UInt64($0.dropFirst(2), radix: 16)) }
      }
      let hasGap = zip(places, places.dropFirst()).contains { $1[0] > $0[0] + $0[1] + 4096 }
      #expect(hasGap, "\(segments)")

      let report = try track("manners_sparse", ["leak"], in: folder).report
      let site = try report.site(at: "LEAK: manners", in: "manners.c")
      #expect(site.functions.prefix(2) == ["leak", "main"])
      #expect(report.trace.losses.isEmpty)
    }
  }

  @Test("An inlined function is a frame of its own")
  func inlined() throws {
    try withScratch { folder in
      let report = try track("deep_stacks", ["3"], in: folder).report
      let site = try report.site(at: "LEAK: inlined", in: "deep_stacks.c")
      #expect(site.functions.prefix(3) == ["open_inlined", "outer_of_inlined", "main"])
      #expect(site.stack.prefix(3).map(\.inlined) == [true, false, false])
      let call = try Project.line(of: "CALL: inlined", in: "deep_stacks.c")
      #expect(site.stack[1].isAt(call, of: "deep_stacks.c"))
    }
  }

  @Test("A loop that the compiler unrolled is one site")
  func unrolled() throws {
    try withScratch { folder in
      let report = try track("unrolled_loop", [], in: folder).report
      let site = try report.site(at: "OPEN: one", in: "unrolled_loop.c")
      #expect(site.functions.prefix(2) == ["open_one", "main"])
      let call = try Project.line(of: "LEAK: unrolled", in: "unrolled_loop.c")
      #expect(site.stack[1].isAt(call, of: "unrolled_loop.c"))
      #expect(site.live == 8)
      #expect(site.verdict == "leak")
    }
  }

  @Test(
    "A stripped program is named as one, and its trace has the names once its debug file is there")
  func stripped() throws {
    try withScratch { folder in
      _ = try shell(
        """
        cd '\(folder)' && cp '\(try Project.fixture("forks_again"))' program
        objcopy --only-keep-debug program program.debug
        strip program && objcopy --add-gnu-debuglink=program.debug program
        mv program.debug aside
        """)
      let trace = folder + "/trace.bin"
      let outcome = try run(
        [folder + "/program"], environment: shimEnvironment(trace: trace), folder: folder)
      #expect(outcome.status == .exit(0))
      let bare = try run([Project.reporter, trace]).output
      #expect(bare.contains("No symbols for \(folder)/program, which is stripped"), "\(bare)")
      #expect(bare.contains("Debug files below /usr/lib/debug"), "\(bare)")
      #expect(!bare.contains("forget"), "\(bare)")
      try FileManager.default.moveItem(
        atPath: folder + "/aside", toPath: folder + "/program.debug")
      let named = try run([Project.reporter, trace]).output
      #expect(named.contains(" in forget at forks_again.c:"), "\(named)")
      #expect(!named.contains("No symbols for"), "\(named)")
    }
  }

  @Test(
    "What the program calls of a stripped library is named, though it jumped to what has no name",
    arguments: ["", "-fno-plt", "-Wl,-z,now"])
  func strippedLibrary(flags: String) throws {
    try withScratch { folder in
      try """
      #include <fcntl.h>
      static __attribute__((noinline, noclone)) int open_store(const char *path, int flags) {
        int fd = open(path, flags);
        return fd < 0 ? -2 : fd;
      }
      int store_open(const char *path) { return open_store(path, O_RDONLY); }
      """.write(toFile: folder + "/store.c", atomically: true, encoding: .utf8)
      try """
      extern int store_open(const char *);
      __attribute__((noinline, noclone)) int forget(void) { return store_open("/dev/zero") + 1; }
      int main(void) {
        for (int i = 0; i < 30; i++) forget();
        return 0;
      }
      """.write(toFile: folder + "/forget.c", atomically: true, encoding: .utf8)
      func functions(_ strip: String) throws -> [[String?]] {
        _ = try shell(
          """
          cd '\(folder)' && cc -O2 \(strip) -shared -fPIC store.c -o libstore.so -Wl,--build-id
          cc -O2 -g \(flags) forget.c -o forget -L. -lstore -Wl,-rpath,'\(folder)' -Wl,--build-id
          """)
        let trace = folder + "/trace.bin"
        let outcome = try run(
          [folder + "/forget"], environment: shimEnvironment(trace: trace), folder: folder)
        #expect(outcome.status == .exit(0))
        return try report(on: trace).sites.map { $0.stack.prefix(4).map(\.function) }
      }
      #expect(try functions("-s") == [[nil, "store_open", "forget", "main"]])
      #expect(try functions("").first?.prefix(3) == ["open_store", "forget", "main"])
    }
  }

  @Test("What workers do is one site, wherever in a function they were forked")
  func forkedWorkers() throws {
    try withScratch { folder in
      let report = try track("forks_again", [], in: folder).report
      // How long a worker waited for a processor tells whether it grew or looped, which ranks first.
      let sites = try report.sites(at: "LEAK: worker", in: "forks_again.c")
        .sorted { $0.live > $1.live }
      #expect(sites.map(\.live) == [40, 20] && sites.allSatisfy { $0.verdict == "leak" })
      #expect(sites[0].functions.prefix(4) == ["forget", "work", "spawn", "serve"])
      #expect(sites[1].functions.prefix(4) == ["forget", "work", "spawn", "upgrade"])
      #expect(sites[0].fingerprint != sites[1].fingerprint)
    }
  }

  @Test("What a library that is all headers opens is told, and judged, by the lines that call it")
  func headerLibrary() throws {
    try withScratch { folder in
      let report = try track("header_library", [], in: folder).report
      let leak = try report.site(at: "LEAK: header", in: "header_library.c", depth: 2)
      #expect(report.sites(of: "leak").map(\.id) == [leak.id] && leak.live == 40)
      #expect(leak.functions.prefix(4) == ["pool_dial", "pool_open", "leak", "main"])
      // None of the three had a frame.
      #expect(leak.stack.prefix(4).map(\.tailCall) == [true, true, true, false])
      // The others are no line of the library's that many ways lead to.
      #expect(report.sites.count == 26)

      let text = try run([Project.reporter, folder + "/trace.bin"]).output
      let line = try Project.line(of: "LEAK: header", in: "header_library.c")
      #expect(
        text.contains("LEAK  40 files from open() in leak at header_library.c:\(line)"), "\(text)")
      let change = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(change.contains("release what pool_open() of pool.h made or uses"), "\(text)")
    }
  }

  @Test("Every frame of a recursion is there")
  func deep() throws {
    try withScratch { folder in
      let report = try track("deep_stacks", ["40"], in: folder).report
      let site = try report.site(at: "LEAK: deep", in: "deep_stacks.c")
      #expect(site.functions.prefix { $0 == "descend" }.count == 41)
      #expect(site.functions.dropFirst(41).first == "main")
    }
  }

  @Test("A C++ leak behind a virtual call and an exception has readable names")
  func cxx() throws {
    try withScratch { folder in
      let (outcome, report) = try track("cxx_leak", ["5"], in: folder)
      #expect(outcome.status == .exit(0))

      let lost = try report.site(at: "LEAK: virtual", in: "cxx_leak.cpp")
      #expect(lost.live == 5)
      #expect(lost.functions[0].hasPrefix("store::FileSource::acquire("))
      #expect(lost.functions[1].contains("store::upload<"))
      let call = try Project.line(of: "CALL: virtual", in: "cxx_leak.cpp")
      #expect(lost.stack[1].isAt(call, of: "cxx_leak.cpp"))
      #expect(lost.functions[2] == "main")

      let handler = try report.site(at: "LEAK: handler", in: "cxx_leak.cpp")
      #expect(handler.functions[0].hasPrefix("store::recover"))
      #expect(handler.functions[1] == "main")
      #expect(handler.live == 5)
    }
  }
}
