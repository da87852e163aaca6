import Testing

@testable import TraceModel
@testable import Watching

@Suite("Rows of one line that many stacks lead to") struct WatchWaysTests {
  private static func sites(_ stacks: Range<Int>, live: Int = 1) -> [WatchSample.Site] {
    stacks.map {
      var site = WatchSample.Site(id: .init(stack: StackNumber($0), call: 1), api: "open")
      (site.kind, site.live, site.opened, site.closed) = ("file", live, 10, 9)
      site.ageNs = UInt64($0)
      return site
    }
  }

  /// Each calls the library in module 2 from one line in module 1, and comes there by a way of
  /// its own.
  private static func frames(_ stack: StackNumber) -> [Frame] {
    [
      .code(module: 2, address: 8), .code(module: 1, address: 16),
      .code(module: 1, address: 1000 + UInt64(stack)),
    ]
  }

  private static func own(_ frames: Set<Frame>) -> Set<Frame> {
    frames.filter { if case .code(1, _) = $0 { true } else { false } }
  }

  private static func merged(
    _ sites: [WatchSample.Site], by ways: inout WatchWays
  ) -> [WatchSample.Site] {
    ways.merge(sites, frames: frames, own).sorted { $0.id < $1.id }
  }

  @Test("Twenty and more are one row with the sum of all")
  func many() throws {
    var ways = WatchWays()
    let rows = Self.merged(Self.sites(1..<31), by: &ways)
    let row = try #require(rows.first)
    #expect(rows.count == 1 && row.ways == 30 && row.live == 30 && row.kind == "file")
    #expect(row.opened == 300 && row.closed == 270 && row.ageNs == 30)
  }

  @Test("Fewer are rows of their own, until they are many, and one row from then on")
  func growing() {
    var ways = WatchWays()
    #expect(Self.merged(Self.sites(5..<20), by: &ways).count == 15)
    let many = Self.merged(Self.sites(5..<30), by: &ways)
    #expect(many.map(\.id.stack) == [5])
    // The first has been closed, and others are new.
    #expect(Self.merged(Self.sites(25..<31), by: &ways).map(\.id.stack) == [5])
  }

  @Test("Ways whose descriptors are all closed are none of those by which the others came")
  func closed() {
    var ways = WatchWays()
    let rows = Self.merged(Self.sites(1..<31) + Self.sites(31..<61, live: 0), by: &ways)
    #expect(rows.map(\.ways) == [60] && rows.map(\.waysTold) == [30])
    #expect(Self.merged(Self.sites(1..<31, live: 0), by: &ways).map(\.waysTold) == [30])
  }

  @Test("A stack that holds far more than the others keeps its row")
  func outstanding() {
    var ways = WatchWays()
    let rows = Self.merged(Self.sites(1..<31) + Self.sites(40..<41, live: 50), by: &ways)
    #expect(rows.map(\.live) == [30, 50])
  }

  @Test("Other functions that are called there, and libraries without a program, stay apart")
  func apart() {
    var ways = WatchWays()
    var sites = Self.sites(1..<31)
    for index in sites.indices.prefix(15) { sites[index].id.call = 2 }
    #expect(Self.merged(sites, by: &ways).count == 30)
    #expect(ways.merge(sites, frames: { _ in [.absolute(4096)] }, Self.own).count == 30)
  }
}
