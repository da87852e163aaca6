import TraceModel

/// Some of the descriptors of one process, in the order of their numbers unless told otherwise:
/// what they are stays in its table, of which there may be a million.
struct DescriptorList: RandomAccessCollection, Sendable {
  private let table: [Descriptor]
  private var slots: ArraySlice<UInt32>

  init(of table: [Descriptor], at slots: ArraySlice<UInt32> = []) {
    (self.table, self.slots) = (table, slots)
  }

  /// A slot of the table; slots come in ascending order.
  mutating func append(slot: Int) { slots.append(UInt32(truncatingIfNeeded: slot)) }

  var startIndex: Int { 0 }
  var endIndex: Int { slots.count }
  subscript(position: Int) -> Descriptor { table[slot(position)] }

  /// The slot of an element in the table.
  func slot(_ position: Int) -> Int { Int(slots[slots.startIndex + position]) }

  /// Those that come first by `isFirst`, then the others.
  func partitioned(_ isFirst: (Descriptor) -> Bool) -> DescriptorList {
    guard contains(where: isFirst) else { return self }
    var list = filtered(isFirst)
    list.slots += slots.filter { !isFirst(table[Int($0)]) }
    return list
  }

  func filtered(_ isIncluded: (Descriptor) -> Bool) -> DescriptorList {
    DescriptorList(of: table, at: slots.filter { isIncluded(table[Int($0)]) }[...])
  }
}
