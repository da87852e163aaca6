import TraceModel

/// Why a verdict was given, as data. `docs/verdicts.md` tells the thresholds.
public enum Reason: Equatable, Sendable {
  // For a leak.
  /// The last thing that happened to `count` of `of` was a failed call.
  case abandonedAfterFailure(
    api: String, error: Int32, errorName: String, count: Int, of: Int, stack: StackNumber)
  /// The peer has closed: a read returned 0, or TCP stands in CLOSE_WAIT. Those of `late` more
  /// did so no earlier than `lateWithinNs` before the end, which is no evidence. While the process
  /// runs, none of `count` did so less than `goneNs` ago.
  case peerClosed(
    count: Int, of: Int, late: Int = 0, lateWithinNs: UInt64? = nil, goneNs: UInt64? = nil)
  /// Opened again and again over the run, and these stayed.
  case growth(live: Int, overNs: UInt64?)
  /// A loop opened `opens` times, and nothing of it was ever closed.
  case neverClosed(opens: Int, withinNs: UInt64?)
  /// Closed siblings lived for at most `siblingMaxNs`; these are `ageNs` old and more.
  case outlivesSiblings(count: Int, ageNs: UInt64, siblingMaxNs: UInt64, siblings: UInt64)

  /// Accepted connections, each of which went to a child of its own that `api` made, and that has
  /// ended; `closed` of these children had closed theirs. The stack is that of `api`; 0: there were
  /// several, or it is not known.
  case leftByChildren(api: String, count: Int, of: Int, closed: Int, stack: StackNumber)

  // For less.
  /// Few, and nothing tells whether more would come.
  case few(live: Int)
  /// Siblings are closed, but these may be in use still.
  case siblingsClosed(live: Int, siblings: UInt64)
  /// Few, and what the program said it was doing as it opened them is over.
  case markEnded(count: Int)
  /// The only one of its site, and the same call leaks others of its name by other stacks.
  case nameLeaks
  /// All opened within a short time at the start of the process, nothing since.
  case startUp(live: Int, withinNs: UInt64?)
  /// Opened in a burst once, and nothing since; it may be a pool.
  case burst(live: Int, withinNs: UInt64?)
  /// Waits for connections; as many as `datagrams` do for datagrams.
  case listener(count: Int, datagrams: Int = 0)
  /// An epoll, eventfd, timerfd, signalfd or inotify, of which a process keeps one.
  case singleton(kind: DescriptorKind)
  /// One for each of as many threads, all of which went on.
  case onePerThread(threads: Int)
  /// Accepted connections whose client is still there, or was: those of `left` for all but the last
  /// `leftWithinNs`. Of `unknown` nobody asked, or nobody can tell. `of`: how many are open, where
  /// these are not all.
  case peerConnected(
    count: Int, of: Int? = nil, unknown: Int = 0, left: Int = 0, leftWithinNs: UInt64?)
  /// The peers of unix sockets were not there any more at the end; they may have left just then.
  case peerGone(count: Int, of: Int)
  /// The clients of accepted connections are the process itself, which has not closed them either.
  case ownClients(count: Int, of: Int)
  /// The process read its peer's end, opened nothing more, and ended `withinNs` later.
  case sessionEnd(withinNs: UInt64)
  /// Each came with another of the accepted connections whose clients are still there.
  case onePerConnection(connections: Int)
  /// A pair shared with child processes.
  case channelToChild(count: Int)
  /// Pidfds, each of which came with a child that was still there.
  case onePerChild(count: Int)
  /// Others were closed before these came, and never were there more at once.
  case succession(count: Int)
  /// One end each, of which another process had the other when somebody looked.
  case otherEndElsewhere(count: Int)
  /// Others of the site were closed once these were open.
  case replacement(count: Int)
  /// Made for the program that the process went on as.
  case handedOver(count: Int)
  /// Stands at 0, 1 or 2.
  case standardStream(count: Int)
  /// The only one of its site, and nothing tells against it.
  case single
  /// libc keeps it for itself until `releaser` is called.
  case libcKeeps(purpose: String, releaser: String)
  /// In the list of known holders, which says why.
  case knownHolder(name: String, why: String?)
  // Beside the verdict.
  /// Opened by so many stacks, which end alike, and were judged as one.
  case manyWays(ways: Int)
  /// Some wait for connections, and were not judged with the others.
  case listenersAmong(count: Int)
  /// Some are random devices and archives of code, opened once each, as runtimes keep them; they
  /// were not judged with the others.
  case keptOnceAmong(count: Int)
  /// Some came with accepted connections whose clients are still there, one each, and were not
  /// judged with the others.
  case companionsAmong(count: Int)
  /// Some are connections that the kernel calls established, where all others are over, and were not
  /// judged with these.
  case connectedAmong(count: Int)
  /// Of those that met no failure where others did, the kernel calls `count` of `of` established.
  case othersConnected(count: Int, of: Int)
  /// Its descriptors are duplicates: fewer open files than numbers.
  case duplicates(count: Int, objects: Int)
  /// Programs started by exec hold `count` of them: `SOCK_CLOEXEC` or the like is missing.
  /// `ended` of the programs have ended, with `endedCount` of the copies.
  case missingCloseOnExec(
    count: Int, listening: Bool, processes: [Int], ended: Int = 0, endedCount: Int = 0)
  /// A call failed for want of descriptors (EMFILE, ENFILE) in these processes.
  case limitHit(processes: [Int])

  /// To how many descriptors it happened; nil where it is no event.
  var happenedTo: Int? {
    switch self {
    case .abandonedAfterFailure(_, _, _, let count, _, _): count
    case .peerClosed(let count, _, _, _, _): count
    default: nil
    }
  }

  /// Stable name for JSON and scripts.
  public var code: String {
    switch self {
    case .abandonedAfterFailure: "abandoned_after_failure"
    case .peerClosed: "peer_closed"
    case .sessionEnd: "session_end"
    case .growth: "growth"
    case .neverClosed: "never_closed"
    case .outlivesSiblings: "outlives_siblings"
    case .leftByChildren: "left_by_children"
    case .few: "few"
    case .siblingsClosed: "siblings_closed"
    case .markEnded: "mark_ended"
    case .nameLeaks: "name_leaks"
    case .startUp: "start_up"
    case .burst: "burst"
    case .listener: "listener"
    case .singleton: "singleton"
    case .onePerThread: "one_per_thread"
    case .peerConnected: "peer_connected"
    case .peerGone: "peer_gone"
    case .ownClients: "own_clients"
    case .onePerConnection: "one_per_connection"
    case .channelToChild: "channel_to_child"
    case .onePerChild: "one_per_child"
    case .succession: "succession"
    case .otherEndElsewhere: "other_end_elsewhere"
    case .replacement: "replacement"
    case .handedOver: "handed_over"
    case .standardStream: "standard_stream"
    case .single: "single"
    case .libcKeeps: "libc_keeps"
    case .knownHolder: "known_holder"
    case .manyWays: "many_ways"
    case .listenersAmong: "listeners_among"
    case .keptOnceAmong: "kept_once_among"
    case .companionsAmong: "companions_among"
    case .connectedAmong: "connected_among"
    case .othersConnected: "others_connected"
    case .duplicates: "duplicates"
    case .missingCloseOnExec: "missing_cloexec"
    case .limitHit: "limit_hit"
    }
  }
}

extension [Reason] {
  /// What happened to most comes first, then what is no event.
  var mostFrequentCausesFirst: [Reason] {
    let causes = filter { $0.happenedTo != nil }.enumerated().sorted {
      ($1.element.happenedTo ?? 0, $0.offset) < ($0.element.happenedTo ?? 0, $1.offset)
    }
    return causes.map(\.element) + filter { $0.happenedTo == nil }
  }
}
