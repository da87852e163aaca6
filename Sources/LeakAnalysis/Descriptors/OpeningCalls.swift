import TraceModel

/// The calls that opened some descriptors of one process: those that make a pair open two at one
/// moment, or openpty(3) a terminal right after its master.
enum OpeningCalls {
  private struct Call: Hashable {
    var ticks: UInt64
    var thread: UInt32
  }

  /// - Parameter makePairs: whether the function that opened them does.
  static func count(_ fds: DescriptorList, makePairs: Bool) -> Int {
    guard fds.count > 1 else { return fds.count }
    let moments = Set(fds.lazy.map { Call(ticks: $0.openedTicks, thread: $0.thread) }).count
    return makePairs ? moments - terminalPairs(fds) : moments
  }

  /// How often some came, close to each other: what is opened for one purpose comes together, as
  /// the pipes do that a child is given. A gap of a tenth of the average stands between two.
  static func bursts(_ fds: DescriptorList) -> Int {
    let moments = fds.map(\.openedTicks).sorted()
    guard let first = moments.first, let last = moments.last else { return 0 }
    let gap = (last - first) / UInt64(10 * moments.count)
    return zip(moments, moments.dropFirst()).reduce(1) { $0 + ($1.1 - $1.0 > gap ? 1 : 0) }
  }

  /// Of how many of what calls opened that make pairs the other end is no longer open.
  static func halves(_ fds: DescriptorList) -> UInt64 {
    UInt64(max(0, 2 * count(fds, makePairs: true) - fds.count))
  }

  /// Masters after which their thread opened a terminal, and no other master.
  private static func terminalPairs(_ fds: DescriptorList) -> Int {
    guard fds.first?.kind == .pty else { return 0 }
    var pairs = 0
    var masters: Set<UInt32> = []
    for end in fds.sorted(by: { $0.openedTicks < $1.openedTicks }) {
      if end.isTerminalMaster {
        masters.insert(end.thread)
      } else if masters.remove(end.thread) != nil {
        pairs += 1
      }
    }
    return pairs
  }
}
