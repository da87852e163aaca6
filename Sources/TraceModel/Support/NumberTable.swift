/// Small numbers by pairs of numbers: for tables of a million entries, of which each is looked
/// up a few times. A dictionary takes ten times as long, most of it for hashing.
///
/// Whoever writes a trace chooses the keys. Where they stand follows from a random number of
/// this run, so that nobody can choose them to stand at one place; what is found does not.
public struct NumberTable: Sendable {
  private struct Slot {
    var first: UInt64 = 0
    var second: UInt32 = 0
    /// The number plus one; 0 where the slot is free.
    var number: UInt32 = 0
  }

  /// Their number is a power of two.
  private var slots: [Slot] = []
  public private(set) var count = 0

  private static let seeds = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max) | 1)
  private let seeds = Self.seeds

  public init() {}

  /// The number of a pair; nil when it has none.
  public func number(of first: UInt64, _ second: UInt32) -> Int? {
    guard !slots.isEmpty else { return nil }
    let number = slots[place(of: first, second)].number
    return number == 0 ? nil : Int(number) - 1
  }

  /// The number of a pair, which is `new`, below 2³² − 1, from now on where it had none.
  public mutating func number(of first: UInt64, _ second: UInt32, orNew new: Int) -> Int {
    if 4 * (count + 1) > 3 * slots.count { grow() }
    let place = place(of: first, second)
    if slots[place].number != 0 { return Int(slots[place].number) - 1 }
    slots[place] = Slot(
      first: first, second: second, number: UInt32(truncatingIfNeeded: new) &+ 1)
    count += 1
    return new
  }

  /// Where a pair stands, or would.
  private func place(of first: UInt64, _ second: UInt32) -> Int {
    let mask = slots.count - 1
    var place = hash(first, second) & mask
    while slots[place].number != 0,
      slots[place].first != first || slots[place].second != second
    {
      place = (place + 1) & mask
    }
    return place
  }

  /// Two multiplications, of which both halves count, as in wyhash.
  private func hash(_ first: UInt64, _ second: UInt32) -> Int {
    let one = (first ^ seeds.0).multipliedFullWidth(by: seeds.1)
    let two = (one.high ^ one.low ^ UInt64(second) &* seeds.1)
      .multipliedFullWidth(by: seeds.0 | 1)
    return Int(truncatingIfNeeded: two.high ^ two.low)
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: max(16, 2 * old.count))
    for slot in old where slot.number != 0 { slots[place(of: slot.first, slot.second)] = slot }
  }
}
