extension Sequence {
  /// The first `count` elements in the order given, without ties, and without the sorting
  /// of all that follow.
  func first(
    _ count: Int, by comesBefore: (Element, Element) -> Bool
  ) -> [Element] {
    var first: [Element] = []
    /// The last of as many as are wanted: what comes after it does not count any more.
    var limit: Element?
    for element in self {
      if let limit, !comesBefore(element, limit) { continue }
      first.append(element)
      if first.count >= 2 * count + 64 {
        first.sort(by: comesBefore)
        first.removeSubrange(count...)
        limit = first.last
      }
    }
    first.sort(by: comesBefore)
    return Array(first.prefix(count))
  }
}
