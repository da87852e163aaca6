/// A stack, and the process (`TracedProcess.id`) that had it.
public struct StackUse: Hashable, Sendable {
  public var stack: StackNumber
  public var process: Int
}

extension Trace {
  /// Those of opens and closes; one may be there several times.
  public var openingsAndClosings: [StackUse] {
    let openers = openers
    return sites.map { StackUse(stack: $0.stack, process: $0.process) }
      + closers.compactMap { closer in
        openers[closer.site].map { StackUse(stack: closer.stack, process: $0) }
      }
  }

  /// Which process has which site.
  private var openers: [UInt32: Int] {
    Dictionary(sites.lazy.map { ($0.id, $0.process) }) { first, _ in first }
  }

  /// Puts what `changed` says of each stack in its place, wherever the trace tells of one: nil
  /// leaves it. It is asked once for each use, of as many as there is room for: a hostile trace
  /// could have others in each event. Linear in the trace; without a change nothing is copied.
  mutating func changeStacks(_ changed: (StackUse) -> StackNumber?) {
    var answers: [StackUse: StackNumber?] = [:]
    func new(_ stack: StackNumber, _ process: Int) -> StackNumber? {
      guard stack != 0 else { return nil }
      let use = StackUse(stack: stack, process: process)
      if let known = answers[use] { return known }
      guard answers.count < Self.useLimit else { return nil }
      let answer = changed(use)
      answers[use] = .some(answer)
      return answer
    }
    let openers = openers
    for index in sites.indices {
      if let stack = new(sites[index].stack, sites[index].process) { sites[index].stack = stack }
    }
    for index in closers.indices {
      guard let process = openers[closers[index].site] else { continue }
      if let stack = new(closers[index].stack, process) { closers[index].stack = stack }
    }
    for index in misuses.indices {
      let misuse = misuses[index]
      let opener = openers[misuse.site] ?? misuse.process
      if let stack = new(misuse.act.stack, misuse.process) { misuses[index].act.stack = stack }
      if let stack = new(misuse.opened.stack, opener) { misuses[index].opened.stack = stack }
      if let stack = new(misuse.closed.stack, misuse.process) {
        misuses[index].closed.stack = stack
      }
    }
    let lineages = Lineages(processes)
    for index in processes.indices {
      let (id, parent) = (processes[index].id, processes[index].parent)
      if let stack = processes[index].limitHit.flatMap({ new($0.stack, id) }) {
        processes[index].limitHit?.stack = stack
      }
      if let stack = new(processes[index].execStack, id) { processes[index].execStack = stack }
      if let parent, let stack = new(processes[index].bornStack, parent) {
        processes[index].bornStack = stack
      }
      for slot in processes[index].descriptors.indices {
        let descriptor = processes[index].descriptors[slot]
        if let stack = new(descriptor.stack, openers[descriptor.site] ?? id) {
          processes[index].descriptors[slot].stack = stack
        }
        if let note = descriptor.note, note.stack != 0,
          let process = lineages.process(of: id, at: note.ticks),
          let stack = new(note.stack, process)
        {
          processes[index].descriptors[slot].note?.stack = stack
        }
      }
    }
    events.forEach { _ = new($0.stack, $0.process) }
    let renamed = answers.compactMapValues { $0 }
    if !renamed.isEmpty { events.renamedStacks = renamed }
  }

  private static let useLimit = 1 << 20

  /// Who a process was before it was forked.
  private struct Lineages {
    private var births: [Int: (parent: Int, ticks: UInt64)] = [:]

    init(_ processes: [TracedProcess]) {
      for process in processes where process.parent != nil {
        births[process.id] = (process.parent ?? 0, process.startTicks)
      }
    }

    /// Generations that are looked at: more than the depth of any tree of real programs.
    private static let limit = 64

    /// Who it was at that moment: a descriptor that was inherited has notes of who had it before.
    /// Nil where that is too far up.
    func process(of process: Int, at ticks: UInt64) -> Int? {
      guard ticks > 0 else { return process }
      var found = process
      for _ in 0..<Self.limit {
        guard let birth = births[found], ticks < birth.ticks else { return found }
        found = birth.parent
      }
      return nil
    }
  }
}
