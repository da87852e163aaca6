import TraceModel

/// Listening sockets that a living program has without any exec in between: of its own, or
/// by fork alone.
struct ListenersInUse {
  private struct Opening: Hashable {
    var origin: Int
    var ticks: UInt64
    var stack: StackNumber
  }
  private var openings: Set<Opening> = []
  private var objects: Set<UInt32> = []

  mutating func insert(_ listener: Descriptor) {
    openings.insert(Self.opening(listener))
    if listener.object != 0 { objects.insert(listener.object) }
  }

  func contains(_ listener: Descriptor) -> Bool {
    openings.contains(Self.opening(listener)) || objects.contains(listener.object)
  }

  private static func opening(_ descriptor: Descriptor) -> Opening {
    Opening(
      origin: descriptor.origin, ticks: descriptor.openedTicks, stack: descriptor.stack)
  }
}
