extension RandomAccessCollection {
  /// The start of the second part of a collection whose elements are in two parts: first those
  /// for which `belongsInSecondPartition` is false, then those for which it is true. The end when
  /// there are none of the latter. Takes logarithmic time.
  @inlinable
  public func partitioningIndex(
    where belongsInSecondPartition: (Element) throws -> Bool
  ) rethrows -> Index {
    var (low, count) = (startIndex, self.count)
    while count > 0 {
      let half = count / 2
      let middle = index(low, offsetBy: half)
      if try belongsInSecondPartition(self[middle]) {
        count = half
      } else {
        low = index(after: middle)
        count -= half + 1
      }
    }
    return low
  }
}

extension Array {
  /// Index of the element whose `key` is `value`; the array is sorted by it without ties.
  public func sortedIndex<Key: Comparable>(
    of value: Key, by key: (Element) -> Key
  ) -> Int? {
    let index = partitioningIndex { key($0) >= value }
    return index < count && key(self[index]) == value ? index : nil
  }
}
