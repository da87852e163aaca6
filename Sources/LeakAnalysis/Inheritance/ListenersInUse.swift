import TraceModel

/// Listening sockets that a living program has without any exec in between: of its own, or
/// by fork alone.
struct ListenersInUse {
  private var openings: Set<ListenerOpening> = []
  private var objects: Set<UInt32> = []

  mutating func insert(_ listener: Descriptor) {
    openings.insert(ListenerOpening(listener))
    if listener.object != 0 { objects.insert(listener.object) }
  }

  func contains(_ listener: Descriptor) -> Bool {
    openings.contains(ListenerOpening(listener)) || objects.contains(listener.object)
  }
}

/// What copies of a listener in several processes have in common.
struct ListenerOpening: Hashable {
  private var origin: Int
  private var ticks: UInt64
  private var stack: StackNumber

  init(_ descriptor: Descriptor) {
    (origin, ticks, stack) = (descriptor.origin, descriptor.openedTicks, descriptor.stack)
  }
}
