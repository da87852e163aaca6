import LeakAnalysis
import Testing

@testable import Reporting

@Suite("What is advised, and told, of ends of pairs")
struct PairAdviceTests {
  /// Sixty pairs, of which ten lost one end, and what closed how many of which.
  private func site(
    _ closers: [(place: String, count: UInt64, ends: EndCounts)], ends: EndCounts = EndCounts(),
    api: String = "pipe", kind: String = "pipe"
  ) -> Report.Site {
    var site = Sample.leak
    (site.api, site.kind, site.causes) = (api, kind, [])
    site.stack = Report.Stack(frames: [Sample.frame("start", "/src/p.c", 7, offset: 3)])
    (site.live, site.opened, site.ends) = (10, 120, ends)
    site.closed = closers.reduce(0) { $0 + $1.count }
    site.byProcess = [
      .init(process: 1, opened: 120, closed: site.closed, live: 10, otherEnds: 10)
    ]
    site.closers = closers.map { place, count, ends in
      let frame = Sample.frame(place, "/src/p.c", 9, offset: 3)
      return .init(
        api: "close", stack: Report.Stack(frames: [frame]), count: count, ends: ends)
    }
    return site
  }

  private static let opened = "of what pipe() opens in start at p.c:7"

  @Test("How the other ends were closed is no example of how these are to be")
  func otherEndsAlone() {
    var site = site([("start", 10, EndCounts())])
    #expect(
      Advice.of(site) == [
        "One end \(Self.opened) is never closed: call close() when done with it."
      ])
    site.verdict = .suspect
    #expect(
      Advice.of(site) == [
        "If one end \(Self.opened) is not meant to stay open, call close() when done with it."
      ])
  }

  @Test("Where the trace tells the ends apart, the example is what closes the same one most")
  func sameEnd() {
    let closers = [
      ("start", UInt64(60), EndCounts(second: 60)), ("fail", 5, EndCounts(first: 5)),
      ("finish", 45, EndCounts(first: 45)),
    ]
    #expect(
      Advice.of(site(closers, ends: EndCounts(first: 10))) == [
        "The read end \(Self.opened) needs close() on every path, as is done for the others in"
          + " finish at p.c:9."
      ])
    #expect(
      Advice.of(site(closers, ends: EndCounts(first: 9)))[0].hasPrefix("One end of what"),
      "of one of them it is not known")
    #expect(
      Advice.of(site(closers, ends: EndCounts(first: 10), api: "socketpair", kind: "unix"))[0]
        .hasPrefix("One end of what socketpair()"))
  }

  @Test("Where it does not, no place is an example that may close nothing but other ends")
  func unknownEnds() {
    let onEveryPath = "One end \(Self.opened) needs close() on every path"
    #expect(
      Advice.of(site([("start", 60, EndCounts()), ("finish", 50, EndCounts())]))
        == ["\(onEveryPath)."])
    // More than there are pairs: both ends.
    #expect(
      Advice.of(site([("drop", 100, EndCounts()), ("start", 10, EndCounts())]))
        == ["\(onEveryPath), as is done for the others in drop at p.c:9."])
    #expect(
      Advice.of(site([("drop", 110, EndCounts())])) == ["\(onEveryPath)."],
      "the other ends of these, too")
  }

  @Test("Where children's streams leave either end open, closing the others is no example")
  func streams() {
    let isNeverClosed = "One end \(Self.opened) is never closed: call close() when done with it."
    var site = site([("start", 10, EndCounts(first: 3, second: 7))])
    site.ends = EndCounts(first: 7, second: 3)
    #expect(Advice.of(site) == [isNeverClosed])
    // Two pairs were closed whole, elsewhere.
    site = self.site([
      ("start", 12, EndCounts(first: 3, second: 9)), ("drop", 2, EndCounts(first: 2)),
    ])
    site.ends = EndCounts(first: 7, second: 3)
    #expect(
      Advice.of(site) == ["One end \(Self.opened) needs close() on every path."])
    site.closers[1].ends = EndCounts(first: 5)
    #expect(Advice.of(site)[0].hasSuffix(", as is done for the others in drop at p.c:9."))
  }

  @Test("Of an interpreter's pairs those that were closed whole are the others")
  func interpreter() {
    var site = site([("start", 110, EndCounts())])
    site.stack = Report.Stack(
      frames: [Report.StackFrame(function: nil, module: "/usr/bin/perl", offset: 1)])
    #expect(Advice.of(site)[0].hasSuffix(" on every path, as 50 others are."))
  }

  private func closings(_ site: Report.Site) -> [String] {
    Narrative(Sample.report).closings(of: site).map {
      $0.split(separator: " by ").first.map(String.init) ?? ""
    }
  }

  @Test("Closed ends are called what they are, as far as that is known of all of them")
  func closedEnds() {
    let closers = [
      ("start", UInt64(60), EndCounts(second: 60)), ("finish", 40, EndCounts(first: 40)),
      ("drop", 10, EndCounts(first: 4, second: 5)),
    ]
    #expect(
      closings(site(closers, ends: EndCounts(first: 10)))
        == ["60 write ends", "40 other read ends", "10 ends"])
    #expect(
      closings(site(closers, ends: EndCounts(first: 10), api: "socketpair", kind: "unix"))
        == ["60 other ends", "40 others", "10 ends"])
    #expect(
      closings(site(closers, api: "socketpair", kind: "unix")) == ["60 ends", "40 ends", "10 ends"])
    #expect(closings(site([("start", 10, EndCounts())])) == ["10 other ends"])
    #expect(closings(Sample.leak) == ["1260 others"])
  }
}
