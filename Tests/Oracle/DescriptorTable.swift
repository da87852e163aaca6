/// A table of descriptors, which threads share and a fork copies.
final class DescriptorTable {
  var held: [Int: Held]
  /// What changed it, by index of the call: for forks in the middle of that.
  var history: [(fd: Int, call: Int)] = []

  init(_ held: [Int: Held]) { self.held = held }

  func copy() -> DescriptorTable {
    DescriptorTable(held.mapValues { Held(closeOnExec: $0.closeOnExec) })
  }
}

/// A descriptor in a table.
public struct Held: Equatable, Sendable {
  public var closeOnExec: Bool
  /// Index into the image's changes; nil: open from the start.
  public var change: Int?
}
