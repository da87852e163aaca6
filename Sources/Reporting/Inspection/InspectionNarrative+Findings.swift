import ProcessInspection

extension InspectionNarrative {
  /// A finding, and what to do about it.
  func sentence(_ finding: InspectionFinding) -> String {
    let fds = Narrative.numbers(finding.fds)
    switch finding {
    case .nearLimit(let count, let limit):
      let percent = limit > 0 ? Int(min(999, Double(count) / Double(limit) * 100)) : 100
      return "\(count) of \(limit) fds are in use (\(percent)%): at the limit, open(), socket() "
        + "and accept() fail with EMFILE." + raising(limit)
    case .growing(let group, let by):
      let what = group.map { ", most of it \(Self.name(of: $0))" } ?? ""
      let growth = inspection.growth
      return "It grew by \(by), at \(growth?.growingIntervals ?? 0) of "
        + "\((growth?.samples.count ?? 1) - 1) further looks\(what). 'fdtrack run' records where "
        + "they are opened."
    case .peersClosed(let numbers):
      return peersClosed(numbers)
    case .sharedListeners(let listeners, let holders):
      let addresses = Narrative.few(
        listeners.map { "\($0.address) (fd \($0.fd))" }, of: 4)
      let (verb, stay) =
        listeners.count == 1 ? ("is", "it stays") : ("are", "they stay")
      return "\(addresses) \(verb) held by \(self.holders(holders)), too: \(stay) in use until "
        + "all have closed \(listeners.count == 1 ? "it" : "them")."
    case .sharedPort(_, let address, let holders):
      return "\(address) (\(fds)) is listened at by another socket as well, of "
        + "\(self.holders(holders)): SO_REUSEPORT shares connections out among them."
    case .fullBacklog(_, let address, let waiting, let limit):
      return "\(waiting) connections wait to be accepted at \(address) (\(fds)), which has room "
        + "for \(limit): more are dropped. accept() is called too seldom, or not at all."
    case .deletedFiles(let numbers, let bytes):
      let isOne = numbers.count == 1
      let files = isOne ? "1 descriptor of a" : "\(numbers.count) descriptors of"
      return "\(files) deleted \(isOne ? "file" : "files") (\(fds)) \(isOne ? "keeps" : "keep")"
        + " \(Self.size(bytes)) on disk until closed."
    case .unlinkedListeners(let numbers):
      let those = numbers.count == 1 ? "a unix socket" : "unix sockets"
      return "\(fds): \(those) at a path that was removed or leads to another by now: nobody "
        + "finds it to connect."
    case .pipesWithoutPeer(let numbers):
      return "\(fds): \(numbers.count == 1 ? "a pipe" : "pipes") whose other end nobody holds, "
        + "as far as can be seen."
    case .staleWatches(_, let numbers):
      let distinct = Set(numbers).sorted()
      let what = Narrative.numbers(distinct)
      if distinct.count < numbers.count {
        return "epoll \(fds) still watches \(numbers.count) files that were \(what) here and are "
          + "closed, or others' numbers by now: duplicates of them are open somewhere, and their "
          + "events go on."
      }
      return "epoll \(fds) still watches what was \(what) here and is closed, or another file's "
        + "number by now: a duplicate of it is open somewhere, and its events go on."
    case .inFlight(_, let count):
      return "\(Wording.count(count, "descriptor")) wait in \(fds) to be received (SCM_RIGHTS): "
        + "they are open, and in no process's table."
    }
  }

  private func raising(_ limit: UInt64) -> String {
    guard let hard = inspection.limit?.hard, hard > limit else { return "" }
    return
      " 'prlimit --pid \(inspection.process.process) --nofile=\(hard):' puts that off while it runs."
  }

  private func peersClosed(_ numbers: [Int]) -> String {
    let wanted = Set(numbers)
    let sockets = (inspection.descriptors ?? []).filter { wanted.contains($0.fd) }
    let those = Wording.count(numbers.count, "socket")
    var text = "\(those) (\(Narrative.numbers(numbers))) whose peer has closed its end"
    if let idle = sockets.compactMap({ $0.socket?.idleMs }).max() {
      text += ", the longest silent for \(DurationText.of(UInt64(idle) * 1_000_000))"
    }
    return text + ": close() them when a read returns 0."
  }

  /// A part that was not seen, and why.
  func sentence(_ unseen: Unseen) -> String {
    let reason = unseen.reason ?? ""
    switch unseen {
    case .descriptors:
      let count = inspection.count == nil ? "" : " beyond their number"
      if let refusal { return "The fds\(count): \(reason): \(refusal)." }
      let user = inspection.process.user.map { " \($0)" } ?? ""
      return "The fds\(count): \(reason). They are shown to its own user\(user), unless it has "
        + "changed that or is marked undumpable, and to root (CAP_SYS_PTRACE)."
    case .details(let count, _):
      return "Flags and facts of \(Wording.count(count, "fd")): \(reason)."
    case .otherNetwork:
      let power =
        inspection.asker == .user ? "root (CAP_SYS_ADMIN)" : "CAP_SYS_ADMIN here and there"
      return "Peers of unix sockets and limits of backlogs: the process is in another network "
        + "namespace, and entering it failed (\(reason)), as it takes \(power)."
    case .socketDiagnostics(let family, _):
      return "Some facts of \(family) sockets: sock_diag failed (\(reason)), and "
        + "/proc tells less."
    case .sockets(let family, _):
      return "Addresses and states of \(family) sockets: \(reason)."
    case .holders(let count, let total):
      return
        "Who else holds something, among \(count) of \(total) other processes: "
        + (refusal ?? "reading their fds takes root (CAP_SYS_PTRACE)") + "."
    case .hiddenProcesses:
      let whom = inspection.asker == .user ? "root alone" : "who has CAP_SYS_PTRACE"
      return "Who else holds something, among processes of others: /proc is mounted with hidepid "
        + "and shows them to \(whom)."
    case .searchEnded(let searched):
      return "Who else holds something, beyond the first \(searched) processes: there are too many "
        + "fds to look at."
    }
  }

  /// Why fds are not shown to root; nil where it is another who looks.
  private var refusal: String? {
    switch inspection.asker {
    case .user: nil
    case .root(seesAll: false):
      "root is without CAP_SYS_PTRACE here, as in a container, and reading them takes that"
    case .root(seesAll: true):
      "root is refused where a process is of another user namespace, or a security module forbids it"
    }
  }
}
