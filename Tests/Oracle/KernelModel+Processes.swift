/// Threads and processes: who made them, and with which table.
extension KernelModel {
  static func nextEntries(_ calls: [SystemCall], hasMarks: Bool) -> [Int?] {
    var next: [Int: Int] = [:]
    return calls.reversed().map { call in
      defer { if !hasMarks || Marks.operation(call) != nil { next[call.thread] = call.entered } }
      return next[call.thread]
    }.reversed()
  }

  static func isBirth(_ call: SystemCall) -> Bool {
    ["clone", "clone3", "fork", "vfork"].contains(call.name) && (call.result ?? 0) > 0
  }

  /// The thread is there: it is the first one, or some call made it.
  mutating func meet(_ thread: Int, line: Int) {
    guard tasks[thread] == nil else { return }
    guard !images.isEmpty else {
      let image = ProcessImage(
        pid: thread, number: 0, line: line, start: initial, hasShim: false)
      images.append(image)
      tasks[thread] = Task(
        image: image, table: DescriptorTable(initial.mapValues { Held(closeOnExec: $0) }))
      return
    }
    let made = births[thread] ?? []
    guard
      let which = made.firstIndex(where: { !$0.isUsed && log.calls[$0.call].entered <= line }),
      let parent = tasks[log.calls[made[which].call].thread]
    else {
      gaps.append("line \(line): nobody made thread \(thread)")
      return
    }
    births[thread]?[which].isUsed = true
    let call = log.calls[made[which].call]
    let flags = call.arguments.joined(separator: ",")
    let table = flags.contains("CLONE_FILES") ? parent.table : parent.table.copy()
    guard !flags.contains("CLONE_FILES") else {  // a thread, or as good as one
      tasks[thread] = Task(image: parent.image, table: table)
      return
    }
    let image = ProcessImage(
      pid: thread, number: 0, line: line, start: table.held.mapValues(\.closeOnExec),
      hasShim: parent.image.hasShim,
      uncertain: changing(parent.table, while: call).union(parent.image.unresolved))
    image.bornBy = Origin(call.stack, calls: calls)
    images.append(image)
    tasks[thread] = Task(image: image, table: table)
  }

  /// Numbers that other threads were changing while `call` forked. The shim copies its
  /// table some time after the last call before. The others tell it of what they open
  /// some time before their next operation, and of what they are about to close, by
  /// whatever number of calls, as their operation begins.
  private func changing(_ table: DescriptorTable, while call: SystemCall) -> Set<Int> {
    let before = lastReturn(of: call.thread, before: call.entered)
    var found: Set<Int> = []
    for change in table.history.reversed() {
      let other = log.calls[change.call]
      if other.thread != call.thread && (nextEntries[change.call] ?? Int.max) >= before {
        found.insert(change.fd)
      }
    }
    let others = tasks.filter { $0.key != call.thread && $0.value.table === table }.keys
    for index in others.flatMap({ restOfOperation($0, from: call.entered) }) {
      guard let effects = Effects(log.calls[index]) else { continue }
      found.formUnion(effects.opened.map(\.fd) + effects.closed)
      for range in [effects.closedRange, effects.flagged?.range].compactMap({ $0 }) {
        found.formUnion(table.held.keys.filter(range.contains))
      }
    }
    return found
  }

  /// The calls of a thread that had not returned at `line`: up to its next mark; without
  /// marks, one.
  private func restOfOperation(_ thread: Int, from line: Int) -> [Int] {
    let calls = callsOfThread[thread] ?? []
    let next = calls.firstIndex { (log.calls[$0].returned ?? Int.max) >= line } ?? calls.endIndex
    let rest = calls[next...]
    return hasMarks
      ? Array(rest.prefix { Marks.operation(log.calls[$0]) == nil }) : Array(rest.prefix(1))
  }

  private func lastReturn(of thread: Int, before line: Int) -> Int {
    var low = 0
    var high = log.calls.count
    while low < high {
      let middle = (low + high) / 2
      if log.calls[middle].entered < line { low = middle + 1 } else { high = middle }
    }
    let last = log.calls[..<low].last { $0.thread == thread }
    return last?.returned ?? last?.entered ?? 0
  }

  mutating func end(_ thread: Int, status: Int?) {
    flying[thread] = nil
    guard let task = tasks.removeValue(forKey: thread) else { return }
    guard !tasks.values.contains(where: { $0.image === task.image }) else { return }
    task.image.left = task.table.held
    task.image.end = status.map { .exited($0) } ?? .killed
  }

  mutating func exec(_ call: SystemCall) {
    guard let task = tasks[call.thread] else { return }
    let old = task.image
    old.left = task.table.held
    let kept = task.table.held.filter { !$0.value.closeOnExec }
    old.end = .exec(closed: Set(task.table.held.keys).subtracting(kept.keys))
    for (thread, other) in tasks where other.image === old && thread != call.thread {
      tasks[thread] = nil
    }
    let image = ProcessImage(
      pid: old.pid, number: old.number + 1, line: call.returned ?? call.entered,
      start: kept.mapValues { _ in false }, hasShim: false,
      uncertain: old.unresolved)
    images.append(image)
    tasks[call.thread] = Task(
      image: image, table: DescriptorTable(kept.mapValues { _ in Held(closeOnExec: false) }))
  }
}
