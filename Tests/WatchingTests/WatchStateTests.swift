import Testing

@testable import Watching

@Suite("What keys do") struct WatchStateTests {
  @Test(
    "Each sort key puts the most of its number first",
    arguments: [
      ("l", ["socket", "open", "pipe2"]), ("r", ["socket", "open", "pipe2"]),
      ("o", ["pipe2", "socket", "open"]), ("c", ["pipe2", "socket", "open"]),
      ("a", ["pipe2", "socket", "open"]), ("lR", ["pipe2", "open", "socket"]),
      ("lRl", ["socket", "open", "pipe2"]), ("oz", ["accept4", "pipe2", "socket", "open"]),
      ("zz", ["socket", "open", "pipe2"]),
    ])
  func sorts(keys: String, apis: [String]) {
    var state = Samples.state()
    state.type(keys)
    #expect(state.apis == apis)
  }

  @Test("The rate is the growth of what is live, a second")
  func rates() {
    let state = Samples.state()
    #expect(state.rows.first?.rate == 3.1)
    #expect(state.rows.dropFirst().first?.rate == 0)
    var first = WatchState(size: .init(columns: 80, rows: 24))
    first.take(Samples.sample(at: 1))
    #expect(first.rows.allSatisfy { $0.rate == nil })
  }

  @Test("A site that only got another name does not grow, and stays chosen")
  func renumbered() throws {
    var state = Samples.state()
    _ = state.press(.enter)
    let before = try #require(state.chosenSite)
    func sample(at seconds: Double, isNew: Bool) -> WatchSample {
      var sample = Samples.sample(at: seconds)
      for index in sample.sites.indices where sample.sites[index].id == before.id {
        sample.sites[index].id.stack = 1000
        sample.sites[index].live = before.live
        sample.sites[index].isRecounted = isNew
      }
      if isNew { sample.renumbered = [before.id.stack: 1000] }
      return sample
    }
    state.take(sample(at: 111, isNew: true))
    func rate() -> Double? { state.rows.first { $0.site.id.stack == 1000 }?.rate }
    #expect(state.chosenSite?.id.stack == 1000 && state.chosenSite?.api == before.api)
    #expect(rate() == nil && state.rows.contains { $0.rate != nil }, "others go on")
    for second in 112...115 { state.take(sample(at: Double(second), isNew: false)) }
    #expect(rate() == 0)
    for second in 116...150 { state.take(sample(at: Double(second), isNew: false)) }
    #expect(rate() == 0)
  }

  @Test("A leak that was stopped has no rate when the window has passed")
  func stopped() {
    var state = Samples.state()
    for second in 111...140 { state.take(Samples.sample(at: Double(second))) }
    #expect(state.rows.first?.rate == 0)
  }

  @Test("The cursor stays on its site when the order changes")
  func follows() {
    var state = Samples.state()
    #expect(state.cursor == 0)
    _ = state.press(.down)
    #expect(state.rows[state.cursor].site.api == "open")
    state.type("a")
    #expect(state.rows[state.cursor].site.api == "open")
    #expect(state.cursor == 2)
  }

  @Test("Until it is moved, the cursor is on the first row")
  func first() {
    var state = Samples.state()
    state.type("a")
    #expect(state.cursor == 0)
    #expect(state.rows[0].site.api == "pipe2")
  }

  @Test("The cursor ends at the ends")
  func ends() {
    var state = Samples.state()
    _ = state.press(.up)
    #expect(state.cursor == 0)
    for _ in 0..<9 { _ = state.press(.down) }
    #expect(state.cursor == 2)
    _ = state.press(.home)
    #expect(state.cursor == 0)
    _ = state.press(.end)
    #expect(state.cursor == 2)
    _ = state.press(.pageUp)
    #expect(state.cursor == 0)
  }

  @Test("A site that has nothing open any more gives the cursor back")
  func vanishes() {
    var state = Samples.state()
    _ = state.press(.home)
    _ = state.press(.up)
    #expect(state.rows[state.cursor].site.api == "socket")
    state.take(Samples.sample(at: 111, sockets: 0))
    #expect(state.apis == ["open", "pipe2"])
    #expect(state.cursor == 0)
  }

  @Test("Enter opens the stack of the site, Esc goes back, and q quits anywhere")
  func screens() {
    var state = Samples.state()
    #expect(state.press(.enter) == .none)
    #expect(state.screen == .stack)
    #expect(state.chosenSite?.api == "socket")
    #expect(state.shownSites == [.init(stack: 2, call: 1)])
    _ = state.press(.escape)
    #expect(state.screen == .sites)
    state.type("?")
    #expect(state.screen == .help)
    #expect(state.press(.character("q")) == .quit)
    _ = state.press(.escape)
    #expect(state.press(.character("q")) == .quit)
  }

  @Test("Enter opens nothing where there is nothing")
  func empty() {
    var state = WatchState(size: .init(columns: 80, rows: 24))
    for key in [WatchKey.enter, .down, .up, .pageDown, .end] { _ = state.press(key) }
    #expect(state.screen == .sites)
    state.take(WatchSample(seconds: 1))
    for key in [WatchKey.enter, .down, .up, .pageDown, .end] { _ = state.press(key) }
    #expect(state.screen == .sites && state.cursor == 0)
  }

  @Test("The rows scroll with the cursor")
  func scrolls() {
    var state = WatchState(size: .init(columns: 80, rows: 10))
    var sample = Samples.sample(at: 1)
    sample.sites = (1...100).map {
      Samples.site($0, "f\($0)", "file", live: 200 - Int($0), opened: 200)
    }
    state.take(sample)
    #expect(state.visibleRows == 0..<state.listHeight)
    for _ in 0..<50 { _ = state.press(.down) }
    #expect(state.cursor == 50)
    #expect(state.visibleRows.contains(50) && state.visibleRows.count == state.listHeight)
    _ = state.press(.up)
    #expect(state.visibleRows.upperBound == 51, "it moves inside before it scrolls")
    _ = state.press(.end)
    #expect(state.visibleRows.upperBound == 100)
    state.size = .init(columns: 80, rows: 50)
    #expect(state.visibleRows.upperBound == 100 && state.visibleRows.count == state.listHeight)
  }

  @Test("p goes through the processes and then to all, P to all at once")
  func processes() {
    var state = Samples.state()
    var sample = Samples.sample(at: 111)
    sample.pids = [812, 813, 900]
    state.take(sample)
    var seen: [Int?] = []
    for _ in 0..<5 {
      #expect(state.press(.character("p")) == .refresh)
      seen.append(state.pid)
    }
    #expect(seen == [812, 813, 900, nil, 812])
    #expect(state.press(.character("P")) == .refresh)
    #expect(state.pid == nil)
  }

  @Test("Of a single process there is no other to go to")
  func alone() {
    var state = Samples.state()
    _ = state.press(.character("p"))
    #expect(state.pid == nil)
  }
}
