import TraceModel

extension DescriptorList {
  /// True when each was opened within `ticks` after one of `moments`, which are in order: after
  /// another one each.
  func followOneEach(_ moments: [UInt64], within ticks: UInt64) -> Bool {
    guard count <= moments.count else { return false }
    var next = moments.startIndex
    for opened in map(\.openedTicks).sorted() {
      while next < moments.endIndex, opened.subtractingWithSaturation(moments[next]) > ticks {
        next += 1
      }
      guard next < moments.endIndex, moments[next] <= opened else { return false }
      next += 1
    }
    return true
  }
}
