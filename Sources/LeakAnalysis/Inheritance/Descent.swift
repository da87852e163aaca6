import TraceModel

/// Which processes came from which, told without a walk from one to the other: a trace may have any
/// number of generations.
struct Descent {
  /// By `TracedProcess.id`.
  private var places: [Int: Range<Int>]

  /// - Parameter processes: parents before their children.
  init(_ processes: [TracedProcess]) {
    var sizes: [Int: Int] = [:]
    for process in processes.reversed() {
      let size = sizes[process.id, default: 0] + 1
      sizes[process.id] = size
      if let parent = process.parent { sizes[parent, default: 0] += size }
    }
    places = [:]
    var end = 0
    // Where the next child of a process begins.
    var next: [Int: Int] = [:]
    for process in processes {
      let size = sizes[process.id] ?? 1
      let start: Int
      if let parent = process.parent, let place = next[parent] {
        start = place
        next[parent] = place + size
      } else {
        start = end
        end += size
      }
      next[process.id] = start + 1
      places[process.id] = start..<start + size
    }
  }

  /// The place of a process and of all that came from it: those of two have something in common
  /// only where one came from the other, or both are one.
  func place(of process: Int) -> Range<Int>? { places[process] }
}
