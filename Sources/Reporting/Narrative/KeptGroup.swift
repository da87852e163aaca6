/// Files of one origin, in words. The first holder stands for all: one that still has them, where
/// there is such a one.
struct KeptGroup {
  let first: Report.KeptFile
  /// Files of the first holder.
  private let own: [Report.KeptFile]
  /// Of all holders, each once, under the first holder's numbers where that has it.
  private let files: [Report.KeptFile]
  let parties: [Report.Party]
  /// Those that have just what the first holder has.
  private let alike: [Report.Party]
  private let unlike: [Report.Party]
  /// What the unlike have was all opened by processes other than the first one's opener.
  private let isUnlikeByOpener: Bool
  private let openers: Int

  /// `rows` are at least one.
  init(_ rows: [Report.KeptFile]) {
    let first =
      rows.first(where: \.keepsAddressBusy) ?? rows.first { !$0.holder.hasEnded }
      ?? rows.first(where: \.outlivesOpener) ?? rows[0]
    self.first = first
    own = rows.filter { $0.holder == first.holder }
    files = (own + rows.filter { $0.holder != first.holder }).eachOnce
    var holdings: [Report.Party: Set<Holding>] = [:]
    var parties: [Report.Party] = []
    for row in rows {
      if holdings[row.holder] == nil { parties.append(row.holder) }
      holdings[row.holder, default: []].insert(Holding(row))
    }
    self.parties =
      [first.holder] + parties.filter { $0 != first.holder && !$0.hasEnded }
      + parties.filter { $0 != first.holder && $0.hasEnded }
    alike = self.parties.filter { holdings[$0] == holdings[first.holder] }
    unlike = self.parties.filter { holdings[$0] != holdings[first.holder] }
    isUnlikeByOpener = unlike.allSatisfy { party in
      holdings[party]?.contains { $0.opening.opener == first.opening.opener } == false
    }
    openers = Set(rows.map(\.opening.opener)).count
  }

  /// An open file that a process has. Numbers tell a pipe's ends apart; a listener is the same
  /// under any.
  private struct Holding: Hashable {
    var opening: Report.KeptFile.Opening
    var fds: [Int]

    init(_ file: Report.KeptFile) {
      opening = file.opening
      fds = file.isListening ? [] : file.fds
    }
  }

  // MARK: Cells

  var holders: String {
    let name =
      Self.short(parties[0].name) + (first.isHolderTraced ? "" : ", not traced")
      + (parties[0].hasEnded ? ", ended" : "")
    return parties.count == 1 ? name : "\(name) +\(parties.count - 1) more"
  }

  /// Those of the one that is named: who looks into its `/proc` finds no others.
  var numbers: String {
    let text = Narrative.numbers(own.flatMap(\.fds))
    return String(text[(text.firstIndex(of: " ") ?? text.startIndex)...].dropFirst())
  }

  var what: String {
    let descriptors = first.fds.count
    let extra =
      files.count == 1 && descriptors > 1 ? "; \(descriptors) descriptors, one open file" : ""
    return text(of: files) + (first.isListening ? ", listening" : "") + extra
  }

  /// `tcp 0.0.0.0:8080`, `30 files /tmp/a, /tmp/b, ...`
  private func text(of files: [Report.KeptFile]) -> String {
    // In order, each once.
    var names: [String] = []
    for case let name? in files.lazy.map(name(of:)) where !names.contains(name) {
      names.append(name)
      // Enough to show two and to know that there are more.
      if names.count > 2 { break }
    }
    let what =
      files.count == 1
      ? first.kind : "\(files.count) \(Narrative.plural(first.kind, files.count))"
    return names.isEmpty
      ? (files.count == 1 ? "1 \(Narrative.plural(first.kind, 1))" : what)
      : what + " " + names.prefix(2).joined(separator: ", ") + (names.count > 2 ? ", ..." : "")
  }

  /// As the site tells of it: a listener by where it listens, a connection by where it leads.
  private func name(of file: Report.KeptFile) -> String? {
    if !file.isListening, let remote = file.remote, remote != "unnamed" { return "to \(remote)" }
    return file.local ?? file.name
  }

  var opened: String {
    let ended = first.opener.hasEnded ? ", ended" : ""
    let more = openers > 1 ? " +\(openers - 1) more" : ""
    let place = first.opened.place.map { ", \($0)" } ?? ""
    return Self.short(first.opener.name) + ended + more + place
  }

  var why: String {
    guard let handle = first.handles.first else { return "" }
    let flag = CloseOnExec.flag(for: handle.made.api) ?? "close-on-exec"
    switch handle.cause {
    case "cloexec_too_late":
      return handle.lateness?.isRace == true ? "flagged too late: a race" : "flagged too late"
    case "dup_without_cloexec": return "\(handle.made.api)() without \(flag)"
    case "cleared_on_purpose": return "flag cleared, by design"
    case "passed": return "passed on, by design"
    case CloseOnExec.ownScript: return "own script, by design"
    default: return "no \(flag)"
    }
  }

  /// `790 server`.
  private static func short(_ name: Report.ProcessName) -> String {
    let number = name.pid > 0 ? "\(name.pid)" : "?"
    return name.program.map { "\(number) \($0)" } ?? number
  }

  // MARK: Sentences

  var sentence: String {
    let listening = first.isListening ? ", listening," : ""
    var text = "\(label) \(first.holder.isOfThePast ? "held" : "holds") \(self.text(of: own))"
    text += "\(listening) as \(Narrative.numbers(own.flatMap(\.fds)))\(others)"
    text += ": \(opening); \(reason)"
    if own.contains(where: \.isUncertain) { text += "; the opener is uncertain" }
    return ([text + "."] + [duplicates, starting, busy].compactMap { $0 }).joined(separator: " ")
  }

  /// `, and so does pid 804 (worker), and 3 more programs some of the same origin`, or
  /// `what other processes opened there`
  private var others: String {
    guard let other = unlike.first else { return soDo }
    let who = unlike.count == 1 ? other.name.label : "\(unlike.count) more programs"
    let what = isUnlikeByOpener ? "what other processes opened there" : "some of the same origin"
    return soDo + ", and \(who) \(what)"
  }

  /// Those that have ended are told of in the past.
  private var soDo: String {
    let living = alike.filter { !$0.hasEnded }
    let ended = alike.filter(\.hasEnded)
    if living.isEmpty {
      return Self.others(ended.dropFirst(), "did", "did")
        + " until \(ended.count == 1 ? "it" : "they") ended"
    }
    let before = Self.others(ended[...], "did", "did")
    return Self.others(living.dropFirst(), "does", "do")
      + (ended.isEmpty ? "" : before + " until \(ended.count == 1 ? "it" : "they") ended")
  }

  private static func others(
    _ parties: ArraySlice<Report.Party>, _ one: String, _ many: String
  ) -> String {
    guard let party = parties.first else { return "" }
    return parties.count == 1
      ? ", and so \(one) \(party.name.label)" : ", and so \(many) \(parties.count) more programs"
  }

  private var label: String {
    first.holder.name.label + (first.isHolderTraced ? "" : ", which is not traced,")
  }

  private var opening: String {
    let place = first.opened.place.map { " at \($0)" } ?? ""
    let opener = first.opener.name
    if opener.pid > 0 && opener.pid == first.holder.name.pid && first.isHolderTraced {
      return "opened\(place) before its exec, as \(opener.program ?? "another program")"
    }
    return "opened by \(opener.label)\(place)\(first.opener.hasEnded ? ", which has ended" : "")"
  }

  private var reason: String {
    guard let handle = first.handles.first else { return "" }
    let flag = CloseOnExec.flag(for: handle.made.api) ?? "close-on-exec"
    switch handle.cause {
    case "cloexec_too_late": return Self.reason(handle.lateness ?? Report.Lateness())
    case "dup_without_cloexec":
      let place = handle.made.place.map { " at \($0)" } ?? ""
      return "its original has FD_CLOEXEC, which \(handle.made.api)()\(place) does not pass on"
    case "cleared_on_purpose": return "FD_CLOEXEC was cleared before the exec, by design"
    case "passed": return "it was passed to that program, by design"
    case CloseOnExec.ownScript: return "it is the script of its opener, which cannot change that"
    default: return "missing \(flag)"
    }
  }

  private static func reason(_ late: Report.Lateness) -> String {
    let thread =
      switch late.isRace {
      case true?: "another thread"
      case false?: "the same thread"
      case nil: "some thread"
      }
    var text = "FD_CLOEXEC was set too late: \(thread) forked"
    if let opened = late.openedNs, let forked = late.forkedNs, forked >= opened {
      text += " \(DurationText.of(forked - opened)) after the open"
    }
    if let forked = late.forkedNs, let flagged = late.flaggedNs, flagged >= forked {
      text += " and \(DurationText.of(flagged - forked)) before the flag"
    }
    return text
  }

  /// `200 descriptors are one open file: 100 by dup() at a.c:7, 100 by dup() at a.c:9.`
  private var duplicates: String? {
    guard own.count == 1, first.fds.count > 1 else { return nil }
    let parts = first.handles.map { handle in
      let place = handle.made.place.map { " at \($0)" } ?? ""
      return "\(handle.fds.count) by \(handle.made.api)()\(place)"
    }
    return "\(first.fds.count) descriptors, one open file: "
      + Narrative.few(parts, of: 4) + "."
  }

  private var starting: String? {
    guard !first.start.call.api.isEmpty else { return nil }
    let place = first.start.call.stack.placePhrase
    let command = first.start.argv.joined(separator: " ")
    let program = command.isEmpty ? "" : " as \"\(VisibleText.cut(command, to: 60))\""
    return "Started\(program) by \(first.start.call.api)()\(place)."
  }

  private var busy: String? {
    guard first.keepsAddressBusy else { return nil }
    let what =
      first.kind == "unix"
      ? "nobody else has that listener" : "the port is busy for no other reason"
    let text = first.holder.life == "running" ? what : "unless it has ended, \(what)"
    return Wording.capitalized(text) + "."
  }
}
