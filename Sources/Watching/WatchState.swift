import Reporting

/// What is shown, and what keys change of it. Pure: the same samples and keys make the same state.
public struct WatchState: Equatable, Sendable {
  /// By what sites are in order, most first.
  public enum Sort: CaseIterable, Sendable {
    case live, rate, opened, closed, age
  }

  /// What the screen shows: the table of sites, the chosen one's stack, or the keys.
  public enum Screen: Equatable, Sendable {
    case sites, stack, help
  }

  /// What is to be done after a key, beside drawing.
  public enum Effect: Equatable, Sendable {
    case none, quit
    /// A look at the trace, now.
    case refresh
  }

  /// Columns and rows of the terminal, one at least.
  public struct Size: Equatable, Sendable {
    public var columns: Int
    public var rows: Int

    public init(columns: Int, rows: Int) {
      self.columns = max(columns, 1)
      self.rows = max(rows, 1)
    }
  }

  /// Why the numbers do not change any more.
  public struct Ending: Equatable, Sendable {
    public var text: String
    /// The trace became unusable; else its processes ended.
    public var isFailure: Bool

    public init(_ text: String, isFailure: Bool = false) {
      (self.text, self.isFailure) = (text, isFailure)
    }
  }

  /// A row of the table.
  public struct Row: Equatable, Sendable {
    public var site: WatchSample.Site
    /// Per second; nil after the first sample.
    public var rate: Double?
  }

  /// Of the screen.
  public var size: Size
  /// Nil while it goes on.
  public var ending: Ending?
  /// Worth knowing while it goes on.
  public var remark: String?
  /// Stacks of the sites that are shown, as far as they were looked up.
  public var stacks: [WatchSample.SiteID: Report.Stack] = [:]
  public private(set) var sample: WatchSample?
  /// Those with something open, in order; all with `showsAll`.
  public private(set) var rows: [Row] = []
  private(set) var rates = WatchRates()
  public private(set) var sort = Sort.live
  public private(set) var isReversed = false
  public private(set) var showsAll = false
  public private(set) var screen = Screen.sites
  /// The process that is looked at, by pid; nil for all.
  public private(set) var pid: Int?
  /// Nil is the first row, whichever site that is; else the row follows its site.
  private var chosen: WatchSample.SiteID?
  private var top = 0
  private var scroll = 0

  public init(size: Size, pid: Int? = nil) { (self.size, self.pid) = (size, pid) }

  /// Shows the latest sample; samples come in order of time.
  public mutating func take(_ sample: WatchSample) {
    self.sample = sample
    if let id = chosen, chosenSite == nil, let stack = sample.renumbered[id.stack] {
      chosen?.stack = stack
    }
    rates.add(sample)
    arrange()
  }

  /// Does what a key says, and tells what is to be done beside.
  public mutating func press(_ key: WatchKey) -> Effect {
    if key == .character("q") { return .quit }
    switch screen {
    case .sites: return pressInSites(key)
    case .stack, .help:
      pressInText(key)
      return .none
    }
  }

  private mutating func pressInSites(_ key: WatchKey) -> Effect {
    switch key {
    case .up: move(to: cursor - 1)
    case .down: move(to: cursor + 1)
    case .pageUp: move(to: cursor - listHeight)
    case .pageDown: move(to: cursor + listHeight)
    case .home: (chosen, top) = (nil, 0)
    case .end: move(to: rows.count - 1)
    case .enter:
      guard !rows.isEmpty else { break }
      chosen = rows[cursor].site.id
      (screen, scroll) = (.stack, 0)
    case .escape: break
    case .character(let character): return press(character)
    }
    return .none
  }

  private mutating func press(_ character: Character) -> Effect {
    switch character {
    case "l": order(by: .live)
    case "r": order(by: .rate)
    case "o": order(by: .opened)
    case "c": order(by: .closed)
    case "a": order(by: .age)
    case "R":
      isReversed.toggle()
      arrange()
    case "z":
      showsAll.toggle()
      arrange()
    case "k": move(to: cursor - 1)
    case "j": move(to: cursor + 1)
    case "p":
      let pids = sample?.pids ?? []
      pid = pid.map { current in pids.first { $0 > current } } ?? pids.first
      if pids.count < 2 { pid = nil }
      rates.reset()
      return .refresh
    case "P":
      pid = nil
      rates.reset()
      return .refresh
    case " ": return .refresh
    case "?", "h": (screen, scroll) = (.help, 0)
    default: break
    }
    return .none
  }

  private mutating func pressInText(_ key: WatchKey) {
    let last = max(0, textHeight - listHeightOfText)
    switch key {
    case .up, .character("k"): scroll -= 1
    case .down, .character("j"): scroll += 1
    case .pageUp: scroll -= listHeightOfText
    case .pageDown, .character(" "): scroll += listHeightOfText
    case .home: scroll = 0
    case .end: scroll = last
    case .escape, .enter, .character("?"), .character("h"): screen = .sites
    case .character: break
    }
    scroll = min(max(scroll, 0), last)
  }

  private mutating func order(by sort: Sort) {
    self.sort = sort
    isReversed = false
    arrange()
  }

  // MARK: Rows

  /// The row of the cursor; 0 also when there are none.
  public var cursor: Int {
    chosen.flatMap { chosen in rows.firstIndex { $0.site.id == chosen } } ?? 0
  }

  /// The site whose stack is asked for.
  public var chosenSite: WatchSample.Site? {
    sample?.sites.first { $0.id == chosen }
  }

  /// The rows that fit, with the cursor among them.
  public var visibleRows: Range<Int> {
    let height = listHeight
    guard height > 0 else { return 0..<0 }
    var first = min(max(top, cursor - height + 1), cursor)
    first = min(first, max(0, rows.count - height))
    return first..<min(rows.count, first + height)
  }

  /// Sites whose stacks are shown now.
  public var shownSites: [WatchSample.SiteID] {
    switch screen {
    case .sites: rows[visibleRows].map(\.site.id)
    case .stack: chosenSite.map { [$0.id] } ?? []
    case .help: []
    }
  }

  /// The lines of a text screen that are shown.
  func visible(_ lines: [WatchLine]) -> ArraySlice<WatchLine> {
    let first = min(scroll, max(0, lines.count - listHeightOfText))
    return lines[first..<min(lines.count, first + listHeightOfText)]
  }

  private mutating func move(to row: Int) {
    guard !rows.isEmpty else { return }
    let row = min(max(row, 0), rows.count - 1)
    chosen = rows[row].site.id
    top = visibleRows.lowerBound
  }

  private mutating func arrange() {
    rows = (sample?.sites ?? []).filter { showsAll || $0.live > 0 }.map {
      Row(site: $0, rate: rates.rate(of: $0.id))
    }.sorted(by: precedes)
    if let id = chosen, screen == .sites, !rows.contains(where: { $0.site.id == id }) {
      chosen = nil
    }
    top = visibleRows.lowerBound
  }

  /// A total order: rows of equal numbers stay where they are.
  private func precedes(_ a: Row, _ b: Row) -> Bool {
    let (first, second) = (rank(a), rank(b))
    if first != second { return isReversed ? first < second : first > second }
    if a.site.live != b.site.live { return a.site.live > b.site.live }
    if a.site.opened != b.site.opened { return a.site.opened > b.site.opened }
    return a.site.id < b.site.id
  }

  private func rank(_ row: Row) -> Double {
    switch sort {
    case .live: Double(row.site.live)
    case .rate: row.rate ?? 0
    case .opened: Double(row.site.opened)
    case .closed: Double(row.site.closed)
    case .age: row.site.ageNs.map(Double.init) ?? -1
    }
  }
}
