import Testing

@Suite("Descriptors that arrive as data")
struct FileWatcherTests {
  /// Whether this system lets a program watch files with fanotify.
  static let isAllowed: Bool = {
    let outcome = try? run([Project.fixture("file_watcher"), "probe"])
    return outcome?.status == .exit(0)
  }()

  @Test(
    "The forgotten ones of a file watcher are told at the read that brought them",
    .enabled(if: isAllowed, "fanotify is refused here"))
  func watcher() throws {
    try withScratch { folder in
      // The trace lies elsewhere: the watcher would be told of it too.
      try withScratch { watched in
        let trace = folder + "/trace.bin"
        let outcome = try run(
          [try Project.fixture("file_watcher"), "watch", "40"],
          environment: shimEnvironment(trace: trace), folder: watched)
        #expect(outcome.status == .exit(0), "\(outcome.errors)")
        let report = try report(on: trace)
        let site = try report.site(at: "LEAK: event", in: "file_watcher.c")
        #expect(site.functions.prefix(2) == ["take_event", "main"])
        #expect(site.verdict == "leak")
        #expect(site.api == "read" && site.kind == "file")
        #expect(site.opened == 41 && site.closed == 1 && site.live == 40)
        #expect(site.fds.compactMap(\.name).contains(watched + "/1"))
        #expect(report.trace.coverage.unseen == 0 && report.trace.coverage.vanished == 0)
        #expect(report.sites.count == 1)
      }
    }
  }
}
