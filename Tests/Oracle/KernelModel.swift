/// Every process's table of descriptors, as a log of system calls tells it. It knows
/// nothing of the trace.
///
/// Calls of several threads overlap: a number can be opened again before the line of
/// the close that freed it is printed. A close then counts from where it is needed,
/// not before its entry.
public struct KernelModel {
  public internal(set) var images: [ProcessImage] = []
  /// Where the log contradicts itself, or tells less than is needed.
  public internal(set) var gaps: [String] = []

  let log: StraceLog
  let calls: Set<String>
  let initial: [Int: Bool]
  var tasks: [Int: Task] = [:]
  var births: [Int: [Birth]] = [:]
  /// Calls that have been entered and have not returned, by thread.
  var flying: [Int: Int] = [:]
  let hasMarks: Bool
  /// Indices into `log.calls`.
  let callsOfThread: [Int: [Int]]
  /// Lines where the thread of a call had surely returned from the function that made
  /// it: of its next mark, or of its next call where there are no marks.
  var nextEntries: [Int?]
  /// Numbers that such a call has been taken to have ended already.
  private var endedEarly: [Int: Set<Int>] = [:]

  struct Task {
    var image: ProcessImage
    var table: DescriptorTable
    var operation = 0
  }

  struct Birth {
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
    hasMarks = log.calls.contains { Marks.operation($0) != nil }
    callsOfThread = Dictionary(grouping: log.calls.indices) { log.calls[$0].thread }
    nextEntries = Self.nextEntries(log.calls, hasMarks: hasMarks)
    for (index, call) in log.calls.enumerated() where Self.isBirth(call) {
      births[call.result ?? 0, default: []].append(Birth(call: index))
    }
    for event in log.events { take(event) }
    for task in tasks.values where task.image.end == .running {
      task.image.left = task.table.held
    }
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
      tasks[call.thread]?.table = DescriptorTable(task.table.held)
      return
    }
    if call.name.hasPrefix("open"), call.result ?? -1 >= 0,
      call.arguments.contains(where: { $0.hasSuffix("/\(Origin.shimName)\"") })
    {
      task.image.hasShim = true
    }
    if call.name == "close", call.error == "EBADF", let fd = call.number(0) {
      if task.image.unresolved.contains(fd) { task.table.held[fd] = nil }
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
  private func ender(of fd: Int, _ table: DescriptorTable, besides thread: Int) -> (Int, Int)? {
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
