/// Every process's table of descriptors, as a log of system calls tells it. It knows
/// nothing of the trace.
///
/// Calls of several threads overlap: a number can be opened again before the line of
/// the close that freed it is printed. A close then counts from where it is needed,
/// not before its entry.
public struct KernelModel {
  public private(set) var images: [ProcessImage] = []
  /// Where the log contradicts itself, or tells less than is needed.
  public private(set) var gaps: [String] = []

  private let log: StraceLog
  private let calls: Set<String>
  private let initial: [Int: Bool]
  private var tasks: [Int: Task] = [:]
  private var births: [Int: [Birth]] = [:]
  /// Calls that have been entered and have not returned, by thread.
  private var flying: [Int: Int] = [:]
  /// Lines where the thread of a call had surely returned from the function that made
  /// it: of its next mark, or of its next call where there are no marks.
  private var nextEntries: [Int?]
  /// Numbers that such a call has been taken to have ended already.
  private var endedEarly: [Int: Set<Int>] = [:]

  private final class Table {
    var held: [Int: Held]
    /// What changed it: for forks in the middle of that.
    var history: [(fd: Int, call: Int)] = []
    init(_ held: [Int: Held]) { self.held = held }
  }

  private struct Task {
    var image: ProcessImage
    var table: Table
    var operation = 0
  }

  private struct Birth {
    var call: Int
    var isUsed = false
  }

  /// - Parameters:
  ///   - calls: names of the wrapped functions.
  ///   - initial: what the first program is given: fd and FD_CLOEXEC.
  public init(_ log: StraceLog, calls: Set<String>, initial: [Int: Bool]) {
    self.log = log
    self.calls = calls
    self.initial = initial
    nextEntries = Self.nextEntries(log.calls)
    for (index, call) in log.calls.enumerated() where Self.isBirth(call) {
      births[call.result ?? 0, default: []].append(Birth(call: index))
    }
    for event in log.events { take(event) }
    for task in tasks.values where task.image.end == .running {
      task.image.left = task.table.held
    }
  }

  private static func nextEntries(_ calls: [SystemCall]) -> [Int?] {
    let hasMarks = calls.contains { Marks.operation($0) != nil }
    var next: [Int: Int] = [:]
    return calls.reversed().map { call in
      defer { if !hasMarks || Marks.operation(call) != nil { next[call.thread] = call.entered } }
      return next[call.thread]
    }.reversed()
  }

  private static func isBirth(_ call: SystemCall) -> Bool {
    ["clone", "clone3", "fork", "vfork"].contains(call.name) && (call.result ?? 0) > 0
  }

  private mutating func take(_ event: StraceLog.Event) {
    switch event {
    case .entered(let index):
      let call = log.calls[index]
      meet(call.thread, line: call.entered)
      flying[call.thread] = index
    case .returned(let index):
      flying[log.calls[index].thread] = nil
      apply(index)
      endedEarly[index] = nil
    case .ended(let thread, let status, let line):
      meet(thread, line: line)
      end(thread, status: status)
    }
  }

  // MARK: Threads and processes

  /// The thread is there: it is the first one, or some call made it.
  private mutating func meet(_ thread: Int, line: Int) {
    guard tasks[thread] == nil else { return }
    guard !images.isEmpty else {
      let image = ProcessImage(
        pid: thread, number: 0, line: line, start: initial, parent: nil, hasShim: false)
      images.append(image)
      tasks[thread] = Task(image: image, table: Table(initial.mapValues { Held(closeOnExec: $0) }))
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
    let table = flags.contains("CLONE_FILES") ? parent.table : copy(parent.table)
    guard !flags.contains("CLONE_FILES") else {  // a thread, or as good as one
      tasks[thread] = Task(image: parent.image, table: table)
      return
    }
    let image = ProcessImage(
      pid: thread, number: 0, line: line, start: table.held.mapValues(\.closeOnExec),
      parent: parent.image, hasShim: parent.image.hasShim,
      uncertain: changing(parent.table, while: call).union(parent.image.unresolved))
    image.bornBy = Origin(call.stack, calls: calls)
    images.append(image)
    tasks[thread] = Task(image: image, table: table)
  }

  private func copy(_ table: Table) -> Table {
    Table(table.held.mapValues { Held(closeOnExec: $0.closeOnExec) })
  }

  /// Numbers that other threads were changing while `call` forked. The shim copies its
  /// table some time after the last call before, and the others tell it of theirs some
  /// time before their next.
  private func changing(_ table: Table, while call: SystemCall) -> Set<Int> {
    let before = lastReturn(of: call.thread, before: call.entered)
    var found: Set<Int> = []
    for change in table.history.reversed() {
      let other = log.calls[change.call]
      if other.thread != call.thread && (nextEntries[change.call] ?? Int.max) >= before {
        found.insert(change.fd)
      }
    }
    for (thread, index) in flying where thread != call.thread && tasks[thread]?.table === table {
      guard let effects = Effects(log.calls[index]) else { continue }
      found.formUnion(effects.opened.map(\.fd) + effects.closed)
      for range in [effects.closedRange, effects.flagged?.range].compactMap({ $0 }) {
        found.formUnion(table.held.keys.filter(range.contains))
      }
    }
    return found
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

  private mutating func end(_ thread: Int, status: Int?) {
    flying[thread] = nil
    guard let task = tasks.removeValue(forKey: thread) else { return }
    guard !tasks.values.contains(where: { $0.image === task.image }) else { return }
    task.image.left = task.table.held
    task.image.end = status.map { .exited($0) } ?? .killed
  }

  private mutating func exec(_ call: SystemCall) {
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
      start: kept.mapValues { _ in false }, parent: nil, hasShim: false,
      uncertain: old.unresolved)
    images.append(image)
    tasks[call.thread] = Task(
      image: image, table: Table(kept.mapValues { _ in Held(closeOnExec: false) }))
  }

  // MARK: Calls

  private mutating func apply(_ index: Int) {
    let call = log.calls[index]
    guard var task = tasks[call.thread] else { return }
    if let mark = Marks.operation(call) {
      task.operation = mark
      tasks[call.thread] = task
      return
    }
    if let child = call.result,
      births[child]?.contains(where: { $0.call == index && !$0.isUsed }) == true
    {
      meet(child, line: call.returned ?? call.entered)
    }
    if ["execve", "execveat"].contains(call.name), call.result == 0 { return exec(call) }
    if call.name == "unshare", call.result == 0, call.argument(0, has: "CLONE_FILES") {
      tasks[call.thread]?.table = Table(task.table.held)
      return
    }
    if call.name.hasPrefix("open"), call.result ?? -1 >= 0,
      call.arguments.contains(where: { $0.hasSuffix("/\(Origin.shimName)\"") })
    {
      task.image.hasShim = true
    }
    if call.name == "close", call.error == "EBADF", let fd = call.number(0) {
      record(.refused, fd, index, task)
    }
    guard let effects = Effects(call) else { return }
    if let (range, closeOnExec) = effects.flagged {
      for fd in task.table.held.keys where range.contains(fd) {
        task.table.held[fd]?.closeOnExec = closeOnExec
        task.table.history.append((fd, index))
      }
    }
    var closed = effects.closed
    if let range = effects.closedRange { closed += task.table.held.keys.filter(range.contains) }
    for fd in closed.sorted() where endedEarly[index]?.contains(fd) != true {
      close(fd, .closed, index, task)
    }
    for (fd, closeOnExec) in effects.opened {
      open(fd, closeOnExec, index, task, replaces: effects.replaces)
    }
  }

  private mutating func open(
    _ fd: Int, _ closeOnExec: Bool, _ index: Int, _ task: Task, replaces: Bool
  ) {
    let call = log.calls[index]
    if task.table.held[fd] != nil && !replaces {
      if let (thread, ending) = ender(of: fd, task.table, besides: call.thread) {
        endedEarly[ending, default: []].insert(fd)
        if let other = tasks[thread] { close(fd, .closed, ending, other) }
      } else if task.image.unresolved.contains(fd) {
        task.table.held[fd] = nil
      } else {
        gaps.append("line \(call.entered): fd \(fd) of process \(task.image.pid) was open already")
      }
    }
    if task.table.held[fd] != nil && replaces { close(fd, .replaced, index, task) }
    record(.opened, fd, index, task)
    task.table.held[fd] = Held(closeOnExec: closeOnExec, change: task.image.changes.count - 1)
  }

  /// A call of another thread at the same table, on its way, that ends `fd`.
  private func ender(of fd: Int, _ table: Table, besides thread: Int) -> (Int, Int)? {
    flying.first { other, index in
      other != thread && tasks[other]?.table === table && Effects.mayEnd(log.calls[index], fd)
        && endedEarly[index]?.contains(fd) != true
    }
  }

  private mutating func close(_ fd: Int, _ kind: Change.Kind, _ index: Int, _ task: Task) {
    let held = task.table.held.removeValue(forKey: fd)
    if held == nil && !task.image.unresolved.contains(fd) {
      gaps.append(
        "line \(log.calls[index].entered): fd \(fd) of process \(task.image.pid) was closed, but nothing"
          + " that the log tells had opened it")
    }
    record(kind, fd, index, task)
    let end = task.image.changes.count - 1
    task.image.changes[end].begin = held?.change
    if let begin = held?.change { task.image.changes[begin].end = end }
  }

  private func record(_ kind: Change.Kind, _ fd: Int, _ index: Int, _ task: Task) {
    let call = log.calls[index]
    task.image.changes.append(
      Change(
        kind: kind, fd: fd, origin: Origin(call.stack, calls: calls), thread: call.thread,
        operation: task.operation, line: call.entered, systemCall: call.name))
    task.image.unresolved.remove(fd)
    task.table.history.append((fd, index))
  }
}

/// What a program tells of itself by system calls that do nothing: `dup` of a number
/// far below zero begins an operation, in which each wrapped function is called once
/// at most.
enum Marks {
  static let base = 1_000_000

  static func operation(_ call: SystemCall) -> Int? {
    guard call.name == "dup", let fd = call.number(0), fd <= -base else { return nil }
    return -base - fd
  }
}
