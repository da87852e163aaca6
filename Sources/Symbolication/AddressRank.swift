extension Array {
  /// How many elements lie at `address` or below, `key` being where each lies, in ascending order.
  func rank(of address: UInt64, by key: (Element) -> UInt64) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if key(self[middle]) <= address { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
