import TraceModel

/// What a program makes as it starts, and works with from then on.
extension Case {
  /// Opened as the process started, which went on for long beside that, and opened no more of it: a
  /// run of some seconds tells no pool from a loop that forgot what it opened, but where something
  /// speaks against a pool; marks that have ended do that, too.
  var isStartUpPool: Bool {
    isPool(since: share.lastTicks, restNs: Thresholds.carriedOnNs)
      // Clients come when they please.
      && !call.accepts && view.process.limitHit == nil
      && haveOwnNames(fds.filtered { $0.kind == .file || $0.kind == .dir })
      && fds.allSatisfy(mayBeInUse) && !areOfEndedChildren
  }

  /// All were opened in marks that are over, as those of tests.
  var areOfEndedMarks: Bool {
    let marks = process.marks
    return !marks.isEmpty && fds.allSatisfy { marks.isOver(for: $0, by: view.endTicks) }
  }

  /// Some are terminals or streams that were made for children, as many as these need, which have
  /// ended since.
  private var areOfEndedChildren: Bool {
    var heirs: Set<Int> = []
    let ended = fds.filtered { fd in
      guard fd.isChannel || fd.kind == .pty, let heir = firstHeir(of: fd), let end = heir.end,
        wasMade(fd, for: heir), wasLongAgo(end)
      else { return false }
      heirs.insert(heir.id)
      return true
    }
    guard !ended.isEmpty else { return false }
    return OpeningCalls.count(ended, makePairs: call.makesPairs) <= heirs.count * Self.streams
  }

  /// Nothing says that it leads nowhere.
  private func mayBeInUse(_ fd: Descriptor) -> Bool {
    if fd.isListening { return true }
    guard fd.kind == .tcp else { return !fd.isOtherEndGone(trace) }
    guard let state = fd.detail?.tcpState else {
      return fd.flags.contains(.connected) || fd.detail?.remote != nil
    }
    return state == .established || leftAtTheEnd(fd)
  }
}
