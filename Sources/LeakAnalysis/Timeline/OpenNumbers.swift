/// What the ring told last of each descriptor number of one process.
struct OpenNumbers {
  enum State: Equatable {
    /// The ring has told nothing of it.
    case untold
    case closed(ticks: UInt64)
    /// The table has told the rest.
    case settled
    /// Since when, and the line of the site that opened it.
    case open(ticks: UInt64, line: Int?)
  }

  private struct Slot {
    static let settled: Int32 = -3
    static let closed: Int32 = -2
    static let noLine: Int32 = -1

    var ticks: UInt64 = 0
    var line: Int32
  }

  private var slots = DescriptorMap<Slot>()

  /// Every number of which the ring has told.
  var numbers: [Int] { slots.numbers }

  subscript(fd: Int) -> State {
    get {
      guard let slot = slots[fd] else { return .untold }
      return switch slot.line {
      case Slot.settled: .settled
      case Slot.closed: .closed(ticks: slot.ticks)
      case Slot.noLine: .open(ticks: slot.ticks, line: nil)
      default: .open(ticks: slot.ticks, line: Int(slot.line))
      }
    }
    set {
      slots[fd] =
        switch newValue {
        case .untold: nil
        case .settled: Slot(line: Slot.settled)
        case .closed(let ticks): Slot(ticks: ticks, line: Slot.closed)
        case .open(let ticks, let line):
          Slot(ticks: ticks, line: line.map { Int32(truncatingIfNeeded: $0) } ?? Slot.noLine)
        }
    }
  }
}
