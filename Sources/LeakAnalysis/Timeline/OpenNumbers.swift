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
    static let untold: Int32 = -4
    static let settled: Int32 = -3
    static let closed: Int32 = -2
    static let noLine: Int32 = -1

    var ticks: UInt64 = 0
    var line = Slot.untold
  }

  /// By number. It grows with what is told, so that a number costs no more than its records.
  private var dense: [Slot] = []
  private var told = 0
  /// Numbers far above the others.
  private var sparse: [Int: Slot] = [:]

  /// Every number of which the ring has told.
  var numbers: [Int] {
    dense.indices.filter { dense[$0].line != Slot.untold } + sparse.keys
  }

  subscript(fd: Int) -> State {
    get {
      switch slot(fd) {
      case let slot where slot.line == Slot.untold: .untold
      case let slot where slot.line == Slot.settled: .settled
      case let slot where slot.line == Slot.closed: .closed(ticks: slot.ticks)
      case let slot:
        .open(ticks: slot.ticks, line: slot.line == Slot.noLine ? nil : Int(slot.line))
      }
    }
    set {
      told += 1
      var slot = Slot()
      switch newValue {
      case .untold: break
      case .settled: slot.line = Slot.settled
      case .closed(let ticks): (slot.ticks, slot.line) = (ticks, Slot.closed)
      case .open(let ticks, let line):
        slot.ticks = ticks
        slot.line = line.map { Int32(truncatingIfNeeded: $0) } ?? Slot.noLine
      }
      store(slot, at: fd)
    }
  }

  private func slot(_ fd: Int) -> Slot {
    if !sparse.isEmpty, let slot = sparse[fd] { return slot }
    return dense.indices.contains(fd) ? dense[fd] : Slot()
  }

  private mutating func store(_ slot: Slot, at fd: Int) {
    if !sparse.isEmpty, sparse[fd] != nil {
      sparse[fd] = slot
      return
    }
    if fd >= dense.count, fd < 64 + 4 * told {
      dense.append(
        contentsOf: repeatElement(Slot(), count: max(fd + 1, 2 * dense.count) - dense.count))
    }
    if dense.indices.contains(fd) { dense[fd] = slot } else { sparse[fd] = slot }
  }
}
