/// The calls that opened some descriptors of one process: those that make a pair open two at one
/// moment.
enum OpeningCalls {
  private struct Call: Hashable {
    var ticks: UInt64
    var thread: UInt32
  }

  static func count(_ fds: DescriptorList) -> Int {
    fds.count < 2
      ? fds.count : Set(fds.lazy.map { Call(ticks: $0.openedTicks, thread: $0.thread) }).count
  }

  /// Of how many of what calls opened that make pairs the other end is no longer open.
  static func halves(_ fds: DescriptorList) -> UInt64 { UInt64(max(0, 2 * count(fds) - fds.count)) }
}
