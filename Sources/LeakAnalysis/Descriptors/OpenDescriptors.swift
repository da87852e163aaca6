import TraceModel

/// Descriptors that are open at their processes' ends, in order of process, then fd; each
/// is made when it is asked for, since a trace may have a million.
public struct OpenDescriptors: RandomAccessCollection, Equatable, Sendable {
  /// What of a trace they are told by. An object, as each of many lists refers to it.
  final class Source: Sendable {
    let clock: TraceClock
    let refused: RefusedBinds
    let pairEnds: PairEnds

    init(_ trace: Trace, _ grouping: SiteGrouping) {
      (clock, refused) = (trace.clock, RefusedBinds(trace))
      pairEnds = PairEnds(trace, grouping)
    }
  }

  private struct Part: Sendable {
    var process: Int
    var endTicks: UInt64
    var list: DescriptorList
    /// How many come before.
    var start: Int
  }

  private var parts: [Part] = []
  private var source: Source?
  public private(set) var count = 0

  public init() {}

  mutating func append(_ list: DescriptorList, of view: ProcessView, _ source: Source) {
    guard !list.isEmpty else { return }
    self.source = source
    parts.append(
      Part(process: view.process.id, endTicks: view.endTicks, list: list, start: count))
    count += list.count
  }

  /// Those of the processes that `isIncluded`.
  public func filter(processes isIncluded: (Int) -> Bool) -> OpenDescriptors {
    var chosen = OpenDescriptors()
    chosen.source = source
    for var part in parts where isIncluded(part.process) {
      part.start = chosen.count
      chosen.parts.append(part)
      chosen.count += part.list.count
    }
    return chosen
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  public subscript(position: Int) -> OpenDescriptor {
    let next = parts.partitioningIndex { $0.start > position }
    guard next > 0, let source else { preconditionFailure("no such descriptor") }
    let part = parts[next - 1]
    return OpenDescriptor(
      part.list[position - part.start], process: part.process, endTicks: part.endTicks, source)
  }

  public static func == (a: Self, b: Self) -> Bool { a.count == b.count && a.elementsEqual(b) }
}
