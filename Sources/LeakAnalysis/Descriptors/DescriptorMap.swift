/// Values by descriptor number. Where numbers stand close together it is an array, since hashing
/// for each record of a ring would take longest; a number costs no more than what was stored,
/// however high it is.
struct DescriptorMap<Value> {
  private var dense: [Value?] = []
  /// Numbers far above the others.
  private var sparse: [Int: Value] = [:]
  private var stores = 0

  /// Every number that has a value.
  var numbers: [Int] { dense.indices.filter { dense[$0] != nil } + sparse.keys }
  var values: [Value] { dense.compactMap(\.self) + sparse.values }
  var count: Int { dense.count { $0 != nil } + sparse.count }

  /// - Parameter fd: not negative.
  subscript(fd: Int) -> Value? {
    get {
      if !sparse.isEmpty, let value = sparse[fd] { return value }
      return fd < dense.count ? dense[fd] : nil
    }
    set {
      stores += 1
      if !sparse.isEmpty, sparse[fd] != nil {
        sparse[fd] = newValue
        return
      }
      if fd >= dense.count, fd < 64 + 4 * stores {
        dense.append(
          contentsOf: repeatElement(nil, count: max(fd + 1, 2 * dense.count) - dense.count))
      }
      if fd < dense.count { dense[fd] = newValue } else { sparse[fd] = newValue }
    }
  }
}
