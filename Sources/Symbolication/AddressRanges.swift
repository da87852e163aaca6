/// Half-open address ranges with what they belong to, searched by binary search.
///
/// Ranges may nest (a function inside a unit's gap, an alias over a symbol): the innermost, that
/// is the one that starts last, wins; `reach` bounds how far back a search has to look.
struct AddressRanges<Value> {
  private struct Entry {
    let low: UInt64
    let high: UInt64
    /// The highest end of this and all earlier entries.
    var reach: UInt64
    let value: Value
  }

  private var entries: [Entry] = []

  /// Adds a range; ``seal()`` comes before the first search.
  mutating func insert(_ low: UInt64, _ high: UInt64, _ value: Value) {
    guard low < high else { return }
    entries.append(Entry(low: low, high: high, reach: high, value: value))
  }

  /// Sorts the ranges. Among equal ones, the first inserted is found.
  mutating func seal() {
    let order = entries.indices.sorted { a, b in
      (entries[a].low, entries[b].high, b) < (entries[b].low, entries[a].high, a)
    }
    entries = order.map { entries[$0] }
    var reach: UInt64 = 0
    for index in entries.indices {
      reach = max(reach, entries[index].high)
      entries[index].reach = reach
    }
  }

  /// Returns the range that holds an address, the innermost where several do.
  func find(_ address: UInt64) -> (low: UInt64, value: Value)? {
    var index = entries.rank(of: address) { $0.low }
    // Overlaps that no linker makes would turn the walk back into a scan of everything.
    let stop = max(0, index - Self.searchLimit)
    while index > stop {
      index -= 1
      if entries[index].reach <= address { return nil }
      if entries[index].high > address { return (entries[index].low, entries[index].value) }
    }
    return nil
  }

  private static var searchLimit: Int { 4096 }
}
