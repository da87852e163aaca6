/// What was said of ranges of places in a row, which may each be as long as all: to say something
/// takes logarithmic time, and so does to ask of one place.
struct RangeTree<Value: Equatable> {
  /// By node: places are the leaves, from `count` on, and the parent of n is n / 2. What is said of
  /// a node holds for all places below it.
  private var nodes: [Int: Value] = [:]
  private let count: Int
  private let several: Value

  /// - Parameter several: what places have of which different things were said.
  init(count: Int, several: Value) { (self.count, self.several) = (count, several) }

  var isEmpty: Bool { nodes.isEmpty }

  mutating func say(_ value: Value, of places: Range<Int>) {
    var (low, high) = (places.lowerBound + count, places.upperBound + count)
    while low < high {
      if low % 2 == 1 { nodes[low] = joined(nodes[low], value) }
      if high % 2 == 1 { nodes[high - 1] = joined(nodes[high - 1], value) }
      (low, high) = ((low + 1) / 2, high / 2)
    }
  }

  /// What was said of a place; nil when nothing was.
  subscript(place: Int) -> Value? {
    var found: Value?
    var node = place + count
    while node > 0 {
      if let value = nodes[node] { found = joined(found, value) }
      node /= 2
    }
    return found
  }

  private func joined(_ known: Value?, _ value: Value) -> Value {
    known ?? value == value ? value : several
  }
}
