import TraceModel

/// One program that ran: from the process that started or executed it on, with the children
/// that it forked, as long as these ran the same program.
public struct Program: Equatable, Sendable {
  /// `ProcessFinding.id`s, in order; never empty.
  public let processes: [Int]

  /// Every program of a trace, in the order in which they began. Each process belongs to
  /// exactly one.
  public static func all(in trace: Trace) -> [Program] {
    var members: [[Int]] = []
    var place: [Int: Int] = [:]
    // A parent comes before its children.
    for process in trace.processes {
      if process.how.isCopy, let parent = process.parent, let program = place[parent] {
        place[process.id] = program
        members[program].append(process.id)
      } else {
        place[process.id] = members.count
        members.append([process.id])
      }
    }
    return members.map { Program(processes: $0) }
  }
}
