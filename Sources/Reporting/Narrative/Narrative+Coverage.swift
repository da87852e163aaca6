extension Narrative {
  /// Something that is to be known of what the trace or the report does not have.
  struct CoverageFact: Equatable {
    /// Stable name for programs.
    var code: String
    /// What facts of that name tell.
    var about: String
    /// The fact as a sentence.
    var text: String
    /// Something went unrecorded or unseen: nothing found is not the same as nothing there.
    var isLoss = false
  }

  /// What the trace could not hold or did not see, in plain words; says so when that is nothing.
  var coverage: [String] {
    let facts = coverageFacts
    let gaps = facts.prefix { Self.gaps.contains($0.code) || $0.isLoss }
    let none = "Nothing was lost, and every open fd was seen being opened."
    return (gaps.isEmpty ? [none] : gaps.map(\.text)) + facts.dropFirst(gaps.count).map(\.text)
  }

  /// Codes of facts that leave open what else there is, though nothing is known to be lost.
  private static let gaps: Set = ["direct_calls", "loaded_around", "not_compared", "not_traced"]

  /// The same as data: losses and gaps first.
  var coverageFacts: [CoverageFact] {
    let trace = report.trace
    var facts = trace.losses.map {
      CoverageFact(
        code: $0.name.hasPrefix("loss_") ? $0.name : "loss_\($0.name)", about: "\($0.about).",
        text: "\($0.count) \($0.text).", isLoss: true)
    }
    if trace.damaged > 0 {
      facts.append(
        CoverageFact(
          code: "damaged", about: "Records that contradict the format or are missing.",
          text: "\(Wording.count(trace.damaged, "record")) of the trace"
            + " \(trace.damaged == 1 ? "is" : "are") damaged or missing: a copy that broke off, or a"
            + " disk that did not get it all.", isLoss: true))
    }
    facts += unseen
    if trace.vanished > 0 {
      facts.append(
        CoverageFact(
          code: "vanished", about: "Descriptors closed by a path that was not seen.",
          text: "\(Wording.count(trace.vanished, "fd")) \(trace.vanished == 1 ? "was" : "were")"
            + " closed in a way that was not seen.", isLoss: true))
    }
    facts += unchecked
    if trace.eventsTotal > trace.eventsKept {
      let about = trace.eventsTotalIsExact ? "" : "about "
      facts.append(
        CoverageFact(
          code: "history_cut", about: "Events that the ring does not hold any more.",
          text: "The event history keeps the latest \(trace.eventsKept) of"
            + " \(about)\(trace.eventsTotal) events"
            + (trace.lacksDescriptors ? "." : "; counts and open fds do not depend on it.")))
    }
    facts += report.bareModules.map {
      CoverageFact(
        code: "no_symbols", about: "Programs and libraries whose functions have no names.",
        text: "No symbols for \($0.path), which \($0.text)"
          + " (\(Wording.count($0.addresses, "address", "addresses"))).")
    }
    if report.bareModules.contains(where: \.isStripped) {
      facts.append(
        CoverageFact(
          code: "no_symbols", about: "Programs and libraries whose functions have no names.",
          text:
            "Debug files below /usr/lib/debug (a -dbgsym or -debuginfo package), or a server that"
            + " DEBUGINFOD_URLS names, let fdtrack-report name the functions of the same trace."))
    }
    if !report.codeMaps.isEmpty {
      facts.append(
        CoverageFact(
          code: "code_maps", about: "Files that name code made as the program ran.",
          text: "Functions of code that was made as the program ran are named by"
            + " \(Self.few(report.codeMaps, of: 3))."))
    }
    facts += unlisted.map {
      CoverageFact(code: "unlisted", about: "What is in counts alone.", text: $0)
    }
    if report.omitted.sites > 0 {
      facts.append(
        CoverageFact(
          code: "filtered", about: "Sites that options left out.",
          text: "The filter left out \(Wording.count(report.omitted.sites, "call site"))"
            + " with \(Wording.count(report.omitted.descriptors, "open fd"))."))
    }
    return facts
  }

  /// What counts tell, and lists do not.
  private var unlisted: [String] {
    var lines: [String] = []
    let unlisted = report.unlisted
    if unlisted.sites > 0 {
      lines.append(
        "More call sites than a report lists: the last \(unlisted.sites), with"
          + " \(Wording.count(unlisted.descriptors, "open fd")), are left out.")
    }
    if unlisted.misuses > 0 {
      lines.append("More wrong uses than a report lists: \(unlisted.misuses) are left out.")
    }
    if unlisted.keptFiles > 0 {
      lines.append(
        "More files kept by started programs than a report lists: \(unlisted.keptFiles) are left"
          + " out.")
    }
    let fds =
      report.sites.reduce(0) { $0 + $1.omittedFds }
      + report.processes.reduce(0) { $0 + $1.omittedInherited + $1.omittedUnseen }
    if fds > 0 {
      lines.append(
        "More fds than a report lists one by one: \(fds) are in its counts alone, and what is"
          + " said of names, numbers and threads is of the others.")
    }
    return lines
  }

  private var unseen: [CoverageFact] {
    guard report.trace.unseen > 0 else { return [] }
    let groups = report.processes.flatMap { process in
      // Alike ones together, in order of the first of them.
      Dictionary(grouping: process.unseen) { fd in
        let name = (fd.name ?? fd.remote ?? fd.local).map { " \($0)" } ?? ""
        return "\(fd.kind)\(name)"
      }.sorted { ($0.value[0].fd, $0.key) < ($1.value[0].fd, $1.key) }.map { what, fds in
        (count: fds.count, text: "\(Self.numbers(fds.map(\.fd))) of pid \(process.pid): \(what)")
      }
    }
    let all = report.processes.reduce(0) { $0 + $1.unseen.count + $1.omittedUnseen }
    let shown = groups.prefix(5)
    let more = shown.reduce(all) { $0 - $1.count }
    let list = shown.isEmpty ? "." : ": " + Self.few(shown.map(\.text), more: more) + "."
    let were = report.trace.unseen == 1 ? "was" : "were"
    return [
      CoverageFact(
        code: "unseen", about: "Open descriptors that no recorded call opened.",
        text:
          "\(Wording.count(report.trace.unseen, "open fd")) \(were) opened in a way that was not"
          + " seen (raw system calls, io_uring, code with a libc of its own, RTLD_DEEPBIND,"
          + " ctypes)\(list)", isLoss: true)
    ]
  }

  /// Processes whose table was never compared with the kernel's.
  private var unchecked: [CoverageFact] {
    var facts: [CoverageFact] = []
    let unchecked = report.processes.filter { $0.wasNeverCompared || $0.endedAroundLibc }
    if !unchecked.isEmpty {
      let names = Self.few(unchecked.map(\.label), of: 3)
      facts.append(
        CoverageFact(
          code: "not_compared", about: "Processes whose table the kernel's was not held against.",
          text: "Not compared with the kernel's own list of open fds, as a process does when it"
            + " ends by itself: \(names)."))
    }
    return facts + aroundRecorder + untraced
  }

  /// Whose own calls no wrapper saw, in processes that were not compared afterwards.
  private var aroundRecorder: [CoverageFact] {
    let processes = report.processes.filter(\.isToldByRecordAlone)
    func fact(
      _ code: String, about: String, _ what: String, isLoss: Bool = false,
      _ name: (Report.Process) -> String?
    ) -> CoverageFact? {
      let names = processes.compactMap(name)
      guard !names.isEmpty else { return nil }
      return CoverageFact(
        code: code, about: about,
        text: "\(what) open and close unseen, and no comparison tells what they left:"
          + " \(Self.few(names, of: 3)). What is told of"
          + " \(names.count == 1 ? "that process" : "these processes") is what was recorded.",
        isLoss: isLoss)
    }
    return [
      fact(
        "direct_calls",
        about: "Go's code, whose calls go past libc, in processes not compared afterwards.",
        "Programs and libraries in Go, which call the kernel themselves,",
        isLoss: report.hasCommandOfDirectCalls
      ) { $0.callsDirectly ? $0.label : nil },
      fact(
        "loaded_around",
        about: "Modules whose calls go around the recorder, in processes not compared afterwards.",
        "Modules loaded around the recorder (dlopen() with RTLD_DEEPBIND, dlmopen())"
      ) { process in
        process.loadedAround.map { "\(Self.modules($0)) in \(process.label)" }
      },
    ].compactMap { $0 }
  }

  /// `opcache.so and 5 more`
  private static func modules(_ loaded: Report.LoadedAround) -> String {
    guard let first = loaded.first else { return Wording.count(loaded.count, "module") }
    return String(first.lastComponent) + (loaded.count > 1 ? " and \(loaded.count - 1) more" : "")
  }

  /// Programs that the traced ones started, or went on as.
  var untracedOthers: [Report.Process] {
    let root = report.untracedRoot?.id
    return report.processes.filter { (!$0.isTraced || $0.goesOnUntraced) && $0.id != root }
  }

  /// What the command did is a loss; what its children did, a gap.
  private var untraced: [CoverageFact] {
    let root = report.untracedRoot
    let others = untracedOthers
    func fact(_ what: String, _ processes: [Report.Process], isLoss: Bool) -> CoverageFact {
      CoverageFact(
        code: "not_traced", about: "Programs that never joined the trace.",
        text:
          "\(what), being static, setuid, started without the preload (FDTRACK_FOLLOW=1 hands it"
          + " on), ended before it could, or not let into the trace (another user, a read-only mount, too little address space, a trace"
          + " renamed or removed):"
          + " \(Self.few(processes.map(\.untracedLabel), of: 3)).", isLoss: isLoss)
    }
    var facts: [CoverageFact] = []
    if let root {
      let what =
        root.isTraced
        ? "The command went on as a program that was not traced"
        : "The command itself was not traced"
      facts.append(fact(what, [root], isLoss: true))
    }
    if !others.isEmpty { facts.append(fact("Not traced", others, isLoss: false)) }
    return facts
  }
}
