/// One of the two descriptors that a call like pipe2(2) opens, by its place in what the call returns:
/// the first one of a pipe is read.
public enum PairEnd: Equatable, Sendable {
  case first, second

  public var other: Self { self == .first ? .second : .first }
}

/// How many ends of pairs there are of which.
public struct EndCounts: Equatable, Sendable {
  public internal(set) var first: UInt64 = 0
  public internal(set) var second: UInt64 = 0

  public init(first: UInt64 = 0, second: UInt64 = 0) { (self.first, self.second) = (first, second) }

  public var total: UInt64 { first.addingWithSaturation(second) }

  /// That of which there are more; nil where none is known.
  public var most: PairEnd? { total == 0 ? nil : first >= second ? .first : .second }

  /// The end that all `count` are; nil where they are both, or not all are known.
  public func only(of count: UInt64) -> PairEnd? {
    guard count > 0, total == count else { return nil }
    return second == 0 ? .first : first == 0 ? .second : nil
  }

  public subscript(end: PairEnd) -> UInt64 {
    get { end == .first ? first : second }
    set { if end == .first { first = newValue } else { second = newValue } }
  }

  public static func + (a: Self, b: Self) -> Self {
    Self(
      first: a.first.addingWithSaturation(b.first), second: a.second.addingWithSaturation(b.second))
  }
}
