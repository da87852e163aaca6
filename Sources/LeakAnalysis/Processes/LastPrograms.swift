import TraceModel

/// The last of the programs that each process ran, one by exec after the other.
struct LastPrograms {
  /// By `TracedProcess.id`, of any of its programs.
  private var last: [Int: Int] = [:]

  /// Linear, however long the chains are.
  init(_ processes: some Collection<TracedProcess>) {
    let known = Set(processes.lazy.map(\.id))
    var next: [Int: Int] = [:]
    for process in processes where process.how == .exec {
      // Of several that claim one past, the latest.
      if let before = process.parent, known.contains(before) { next[before] = process.id }
    }
    // A circle has none: it ends where it was entered.
    for process in processes where last[process.id] == nil {
      var chain: [Int] = []
      var end = process.id
      while last[end] == nil {
        last[end] = end
        chain.append(end)
        guard let following = next[end] else { break }
        end = following
      }
      end = last[end] ?? end
      for id in chain { last[id] = end }
    }
  }

  /// The last one's `id`.
  func program(after id: Int) -> Int { last[id] ?? id }
}
