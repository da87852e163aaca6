import TraceModel

extension DescriptorList {
  /// True when each was opened within `ticks` after one of `moments`, which are in order: after
  /// another one each. Looks at few of the others: sites may be as many as moments.
  func followOneEach(_ moments: [UInt64], within ticks: UInt64) -> Bool {
    guard count <= moments.count else { return false }
    var left = moments[...]
    for opened in map(\.openedTicks).sorted() {
      left = left[left.partitioningIndex { opened.subtractingWithSaturation($0) <= ticks }...]
      guard let moment = left.popFirst(), moment <= opened else { return false }
    }
    return true
  }
}
