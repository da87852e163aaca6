/// The numbers that verdicts turn on. `docs/verdicts.md` says what each is for
/// and where it errs; a change here is a change there.
package enum Thresholds {
  /// Events of a site's descriptors that are told apart, the most frequent ones:
  /// a hostile trace may have one for each descriptor.
  static let eventGroups = 32

  /// Opens of one stack, none of which was closed, that make a loop leak.
  static let loopOpens = 5
  /// Fewer make a leak only with opens spread over the process's life.
  static let spreadOpens = 3
  /// … and over so long a time: what lives for less is all start-up.
  static let spreadNs: UInt64 = 100_000_000
  /// The part of its life (or of its site's activity) over which opens count as spread.
  static let spreadShare = 0.25
  /// Closed siblings that show how long a descriptor of a site lives.
  static let siblings: UInt64 = 20
  /// How many times the longest life of a closed sibling is too old.
  static let siblingAgeFactor: UInt64 = 10
  /// What was opened within this part of the site's activity, the first one
  /// included, belongs to start-up.
  static let startUpShare = 0.05
  /// A burst is taken for a pool when nothing followed for this long (start-up takes
  /// less, where the rest was not seen) …
  static let poolRestNs: UInt64 = 30_000_000_000
  /// … or this long, where they keep numbers busy and are fewer than this.
  static let placeholderRestNs: UInt64 = 1_000_000_000
  static let placeholders = 20
  /// … and for this many times the time that the burst took, start included.
  static let poolRestFactor: UInt64 = 10
  /// Or, where its parts can be told apart, when the process opened so many others after
  /// it, and `poolRestFactor` times what it opened until then.
  static let poolWork: UInt64 = 100
  /// Connections of a burst that nobody closes for this long, and for `poolRestFactor` times as
  /// long as the burst took, may be a pool that is in use.
  static let idleConnectionsNs: UInt64 = 250_000_000
  /// Stacks of one line, each with little of what is held there, that are judged as one. Of
  /// fewer, one holds enough to be judged by itself before all together are many.
  package static let ways = 20
  /// A way that holds more than this part of all of them, its reciprocal, stands alone.
  private static let outstandingWay = 10
  /// How many one of the ways may hold of what all of them do, and be one of them.
  package static func mostOfOneWay(among live: Int) -> Int { max(1, live / outstandingWay) }
  /// What is opened for a connection comes this soon after it was accepted.
  static let sessionNs: UInt64 = 1_000_000_000
  /// Threads that each leave one behind, which nobody starts for good one by one.
  static let threads = 20
  /// A forked child sets up the program that it becomes within this time.
  static let setUpNs: UInt64 = 1_000_000_000
  /// The last part of a process's life: what is closed there was kept to the end.
  static let endShare = 0.05
  /// A single failure followed by a life of at least this is not the cause of the exit.
  static let carriedOnNs: UInt64 = 1_000_000_000
  /// A peer that closed in this last part of the life is taken for one that was there: it takes
  /// a server so long to come round to it, and some kernels count in steps of 10 ms.
  static let momentNs: UInt64 = 20_000_000
  /// So is one that closed in this last part, as who stops serving may need as long to end, when
  /// it had been there for longer and no other came after it had closed.
  static let partingNs: UInt64 = 1_000_000_000
  /// So is one that closed in this last part of what a process that still runs has lived so far:
  /// it takes a server so long to answer, or to find that nobody listens when it writes again.
  static let serviceNs: UInt64 = 120_000_000_000
  /// A rate takes as many opens …
  static let rateOpens = 4
  /// … over as long a time.
  static let rateSpanNs: UInt64 = 1_000_000_000
  /// R² of the line from which growth is steady, and from which a forecast is made.
  static let steadyFit = 0.95
  static let unevenFit = 0.7
}
