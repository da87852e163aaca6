/// A process with all that it started, where that is little enough to be held against others.
enum FoldedTree {
  /// Processes at most, and levels: a trace decides how many there are.
  static let most = 12
  private static let levels = 5

  struct Member {
    var process: Report.Process
    var depth: Int
    var id: Int { process.id }
  }

  /// The process first; nil where there are more than `room`, or it goes deeper.
  static func processes(
    from process: Report.Process, _ children: [Int: [Report.Process]], depth: Int = 0,
    room: inout Int
  ) -> [Member]? {
    room -= 1
    guard room >= 0, depth < levels else { return nil }
    var members = [Member(process: process, depth: depth)]
    for child in children[process.id] ?? [] {
      guard let below = processes(from: child, children, depth: depth + 1, room: &room) else {
        return nil
      }
      members += below
    }
    return members
  }
}
