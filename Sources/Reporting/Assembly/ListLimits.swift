/// How long the lists of a report get. A trace may hold a million descriptors, of which
/// nobody reads each; the counts beside a list are always of all.
enum ListLimits {
  /// Descriptors that all lists of a kind have together: all that a trace of the usual size
  /// can name.
  static let descriptors = 1 << 17
  /// Marks that all sites together name.
  static let marks = 1 << 17
  /// Closers of one site: the most used come first.
  static let closers = 64
  /// What programs keep over an exec: the worst comes first.
  static let keptFiles = 10_000
  /// Wrong uses: the worst come first.
  static let misuses = 10_000

  /// The length, one at least, to which lists of these lengths have to be cut so that all
  /// together have `room`.
  static func length(of lengths: [Int], room: Int) -> Int {
    var rest = room
    let sorted = lengths.sorted()
    for (index, length) in sorted.enumerated() {
      let each = rest / (sorted.count - index)
      // The shorter ones are whole; what is left is for those that follow.
      if length > each { return max(1, each) }
      rest -= length
    }
    return .max
  }
}
