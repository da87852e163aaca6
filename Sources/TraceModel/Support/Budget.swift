/// How much of one thing a reader does for a trace, which may be hostile and ask for it
/// without end. What goes beyond is refused, and counted.
struct Budget {
  private(set) var left: Int
  private(set) var refusals = 0

  init(_ amount: Int) { left = amount }

  /// - Parameter cost: not negative.
  /// - Returns: false, with nothing spent, when less than that is left.
  mutating func spend(_ cost: Int) -> Bool {
    guard cost <= left else {
      refusals += 1
      return false
    }
    left -= cost
    return true
  }
}
