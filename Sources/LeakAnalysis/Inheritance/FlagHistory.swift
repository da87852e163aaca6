import TraceModel

/// What the ring still holds of FD_CLOEXEC, and of who forked when.
struct FlagHistory {
  struct Number: Hashable {
    var process: Int
    var fd: Int
  }

  /// Ticks, in order.
  private var settings: [Number: [UInt64]] = [:]
  private var clearings: [Number: [UInt64]] = [:]
  private var births: [Int: [Event]] = [:]

  /// Keeps the changes of `numbers`, and the forks and spawns of their processes.
  init(_ events: EventRing, of numbers: Set<Number>) {
    guard !numbers.isEmpty else { return }
    let processes = Set(numbers.map(\.process))
    events.forEach { event in
      switch event.kind {
      case .flags:
        let number = Number(process: event.process, fd: event.fd)
        guard numbers.contains(number) else { return }
        if event.result == 0 {
          clearings[number, default: []].append(event.ticks)
        } else {
          settings[number, default: []].append(event.ticks)
        }
      case .forked, .spawned:
        if processes.contains(event.process) { births[event.process, default: []].append(event) }
      default: break
      }
    }
    for key in settings.keys { settings[key]?.sort() }
    for key in clearings.keys { clearings[key]?.sort() }
    for key in births.keys { births[key]?.sort { ($0.ticks, $0.thread) < ($1.ticks, $1.thread) } }
  }

  /// When FD_CLOEXEC was first set on `fd` from `start` on.
  func whenSet(_ fd: Int, in process: Int, from start: UInt64) -> UInt64? {
    Self.first(settings[Number(process: process, fd: fd)] ?? [], from: start)
  }

  /// When FD_CLOEXEC was first taken from `fd` from `start` on.
  func whenCleared(_ fd: Int, in process: Int, from start: UInt64) -> UInt64? {
    Self.first(clearings[Number(process: process, fd: fd)] ?? [], from: start)
  }

  /// The thread of `parent` that made `child`, whose record is older than the event.
  func thread(thatMade child: TracedProcess, in parent: Int) -> UInt32? {
    guard let births = births[parent] else { return nil }
    let first = births.partitioningIndex { $0.ticks >= child.startTicks }
    return births[first...].prefix(Self.nearby).first {
      $0.stack == child.bornStack && $0.call == child.bornCall
        && ($0.result == 0 || child.pid == 0 || Int($0.result) == child.pid)
    }?.thread
  }

  /// Threads that fork at once have their events close to one another.
  private static let nearby = 64

  private static func first(_ moments: [UInt64], from start: UInt64) -> UInt64? {
    let index = moments.partitioningIndex { $0 >= start }
    return index < moments.count ? moments[index] : nil
  }
}
