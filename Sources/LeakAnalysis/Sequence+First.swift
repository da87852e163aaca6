extension Sequence {
  /// The first `count` elements in the order given, without ties, and without the sorting
  /// of all that follow.
  func first(
    _ count: Int, by comesBefore: (Element, Element) -> Bool
  ) -> [Element] {
    var first: [Element] = []
    for element in self {
      first.append(element)
      if first.count >= 2 * count + 64 {
        first.sort(by: comesBefore)
        first.removeSubrange(count...)
      }
    }
    first.sort(by: comesBefore)
    return Array(first.prefix(count))
  }
}
