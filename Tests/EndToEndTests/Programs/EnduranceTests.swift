import Testing

@Suite("A long life that ends by SIGKILL")
struct EnduranceTests {
  @Test("Seven early leaks survive five million pairs, with exact counts")
  func exact() throws {
    try withScratch { folder in
      let pairs = 5_000_000
      let (outcome, report) = try track(
        "endurance", ["\(pairs)"], in: folder, reportOptions: ["--all"])
      #expect(outcome.status == .signal(9))

      for (marker, function, kind, count) in [
        ("LEAK: log", "start_logging", "file", 4),
        ("LEAK: network", "start_network", "udp", 2),
        ("LEAK: wakeup", "start_wakeup", "eventfd", 1),
      ] {
        let sites = report.sites.filter { $0.stack.first?.function == function }
        let line = try Project.line(of: marker, in: "endurance.c")
        #expect(sites.allSatisfy { $0.stack[0].isAt(line, of: "endurance.c") })
        #expect(sites.reduce(0) { $0 + $1.live } == count, "\(marker)")
        #expect(sites.reduce(0) { $0 + $1.opened } == count)
        #expect(sites.allSatisfy { $0.closed == 0 && $0.kind == kind }, "\(sites.map(\.kind))")
      }
      #expect(report.sites.reduce(0) { $0 + $1.live } == 7)
      #expect(report.processes.map(\.openAtEnd) == [7])
      #expect(report.processes.map(\.end.kind) == ["unknown"])

      let work = try report.site(at: "CLEAN: work", in: "endurance.c")
      #expect(work.opened == pairs)
      #expect(work.closed == pairs)
      #expect(work.live == 0)
      #expect(work.peak == 1)
      #expect(report.trace.eventsTotal >= 2 * pairs + 7)
      #expect(report.trace.losses.isEmpty, "\(report.trace.losses)")
    }
  }
}
