import TraceModel

/// The programs that led to one, and where the way of a descriptor crosses an exec.
struct Ancestry {
  /// Generations that are followed: more are no help to a reader, and a trace may claim any.
  static let limit = 64

  /// Ids: index 0 is the process itself, then its parent, and so on.
  private let line: [Int]
  /// For each generation, the first below it that a program was started for.
  private let crossings: [Int?]
  /// For each generation, the child by which the way down leaves its process.
  private let departures: [Int?]

  init(of process: Int, among population: Population) {
    let processes = population.processes
    var line = [process]
    var (crossings, departures): ([Int?], [Int?]) = ([nil], [nil])
    var next = population.index(of: process)
    while line.count < Self.limit, let child = next, let parent = processes[child].parent,
      !line.contains(parent), let index = population.index(of: parent)
    {
      let (how, generation) = (processes[child].how, line.count - 1)
      crossings.append(how.isProgramStart ? generation : crossings[generation])
      departures.append(how == .exec ? departures[generation] : generation)
      line.append(parent)
      next = index
    }
    (self.line, self.crossings, self.departures) = (line, crossings, departures)
  }

  /// How something that a program had came down to the process. All are ids.
  struct Way {
    var opener: Int
    /// The program that was started with it; nil when the only exec on the way is the
    /// last one, into a program that is not traced.
    var started: Int?
    /// The program that started that one.
    var starter: Int
    /// The child that got it from its opener's process; nil when an exec did that.
    var departed: Int?
  }

  /// Nil when `opener` is none of the ancestors, or nothing was started on the way and
  /// the process itself did not go on as a program that is not traced.
  func way(from opener: Int, goesOnUntraced: Bool) -> Way? {
    guard let top = line.firstIndex(of: opener) else { return nil }
    let departure = departures[top]
    if let crossing = crossings[top] {
      return Way(
        opener: opener, started: line[crossing], starter: line[crossing + 1],
        departed: departure.flatMap { $0 >= crossing ? line[$0] : nil })
    }
    guard goesOnUntraced else { return nil }
    return Way(opener: opener, starter: line[0], departed: departure.map { line[$0] })
  }
}

extension TracedProcess.How {
  /// A record starts with an exec, its own or libc's inside of a spawn.
  var isProgramStart: Bool { self == .exec || self == .spawn }

  /// A process that runs the program of its parent.
  var isCopy: Bool { self == .fork || self == .vfork }
}

extension TracedProcess {
  /// When it had closed an opening of its own at the latest; nil while it may have it, were it
  /// as a duplicate.
  func whenGone(_ opening: Descriptor) -> UInt64? {
    guard opening.object == 0, let entry = descriptor(opening.fd) else { return nil }
    if entry.isSameOpening(as: opening) {
      return entry.state == .closed ? entry.note?.ticks : nil
    }
    return entry.openedTicks > opening.openedTicks ? entry.openedTicks : nil
  }

  /// Its entry of an opening: under the same number, or under that which a file action of
  /// posix_spawn duplicated. Closed ones count.
  func entry(of held: Descriptor) -> Descriptor? {
    if let entry = descriptor(held.fd), entry.isSameOpening(as: held) { return entry }
    guard let source = held.source, let entry = descriptor(source),
      entry.isSameOpening(as: held)
    else { return nil }
    return entry
  }

  /// The number under which it had an opening: that of all copies, where the table has a later one
  /// in that place.
  func number(of held: Descriptor) -> Int? {
    if let entry = entry(of: held) { return entry.fd }
    guard let later = descriptor(held.fd), later.openedTicks > held.openedTicks else { return nil }
    return held.fd
  }
}

extension Descriptor {
  /// Copies that processes have of one another's tables tell of one opening.
  func isSameOpening(as other: Descriptor) -> Bool {
    openedTicks == other.openedTicks && origin == other.origin && stack == other.stack
      && call == other.call
  }
}
