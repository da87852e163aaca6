import LeakAnalysis
import TraceModel

extension LeakAnalysis.Reason {
  /// Where the call stands that the reason speaks of.
  var stack: StackNumber? {
    switch self {
    case .abandonedAfterFailure(_, _, _, _, _, let stack), .leftByChildren(_, _, _, _, let stack):
      stack == 0 ? nil : stack
    default: nil
    }
  }

  /// The reason for people: no more than the evidence supports.
  /// - Parameters:
  ///   - site: what it speaks of; its stacks suffice.
  ///   - ofOne: it is told of one of several processes.
  ///   - ofPairs: what opened them makes pairs.
  func sentence(
    stack: Report.Stack?, of site: Report.Site? = nil, ofOne: Bool = false, ofPairs: Bool = false
  ) -> String {
    let other = ofPairs ? "other pair" : "other"
    switch self {
    case .abandonedAfterFailure(let api, _, let errorName, let count, let of, _):
      let place = stack.map { site?.placePhrase(of: $0) ?? $0.placePhrase } ?? ""
      return "The last thing that happened to \(Wording.share(count, of)) was that"
        + " \(Wording.failure(of: api, errorName))\(place)."
    case .peerClosed(let count, let of, let late, let lateWithinNs, let goneNs):
      let others =
        late == 0 ? "" : ", and of \(late) more in\(Self.last(lateWithinNs))"
      let since = goneNs.map { ", at least \(DurationText.of($0)) ago" } ?? ""
      return "The peer has closed its end of \(Wording.share(count, of))\(since)\(others)."
    case .sessionEnd(let withinNs):
      return "The peer has closed its end of it, and the process ended"
        + " \(DurationText.of(withinNs)) after it had learnt that."
    case .growth(let live, let overNs):
      return "They were opened again and again\(Wording.over(overNs)),"
        + " and \(live) stayed open."
    case .neverClosed(let opens, let withinNs):
      return "Opened \(Wording.times(opens))\(Wording.within(withinNs)) and never closed."
    case .outlivesSiblings(let count, let ageNs, let siblingMaxNs, let siblings):
      // How long they live is a matter of the code, whichever process runs it.
      let whose = ofOne ? ", over all processes," : ""
      return "\(Wording.count(siblings, other)) from here\(whose) lived for at most"
        + " \(DurationText.of(siblingMaxNs)); \(count == 1 ? "one" : "\(count)") that stayed"
        + " \(count == 1 ? "has" : "have") been open for \(DurationText.of(ageNs))"
        + "\(count == 1 ? "" : " or longer")."
    case .leftByChildren(let api, let count, let of, let closed, _):
      let place = stack?.placePhrase ?? ""
      let what = Wording.capitalized(count == 1 && of == 1 ? "it" : Wording.share(count, of))
      let (children, copies) =
        count == 1
        ? ("a child of \(api)()\(place), which", "its copy")
        : ("children of \(api)()\(place), one each, which", "their copies")
      let end =
        switch closed {
        case count: "closed \(copies) and ended"
        case 0: "\(count == 1 ? "has" : "have") ended"
        default: "have ended, \(closed) of them after they had closed \(copies)"
        }
      return "\(what) went to \(children) \(end); this process kept its own."
    case .few(let live):
      return "Only \(live) \(live == 1 ? "is" : "are") open,"
        + " and nothing tells whether more would come."
    case .siblingsClosed(let live, let siblings):
      return "\(Wording.count(siblings, other)) from here \(siblings == 1 ? "was" : "were")"
        + " closed; \(live == 1 ? "this one" : "these \(live)") may still be in use."
    case .markEnded(let count):
      return count == 1
        ? "The mark that it was opened in has ended."
        : "The marks that all \(count) were opened in have ended."
    case .nameLeaks:
      return "What has this name leaks where other stacks open it: it may be one more."
    case .startUp(let live, let withinNs):
      return "\(live == 1 ? "It was" : "All \(live) were") opened\(Wording.within(withinNs)),"
        + " and none since."
    case .burst(let live, let withinNs):
      return "All \(live) were opened\(Wording.within(withinNs)), and none since:"
        + " it may be a pool."
    case .listener(let count, let datagrams):
      let what =
        switch datagrams {
        case 0: "connections"
        case count: "datagrams"
        default: "connections or datagrams"
        }
      return count == 1 ? "It waits for \(what)." : "\(count) wait for \(what)."
    case .singleton(let kind):
      return "A process usually keeps one \(kind.name) for as long as it runs."
    case .onePerThread(let threads):
      return "Each of \(threads) threads opened one, and all of them went on."
    case .peerConnected(let count, let of, let unknown, let left, let leftWithinNs):
      if unknown == count {
        let whose = count == 1 ? "its client is" : "their clients are"
        let those = of.map { "the clients of \(Wording.share(count, $0)) are" }
        return "It is not known whether \(those ?? whose) still there."
      }
      let others = unknown == 0 ? "" : "; of \(unknown) more it is not known"
      let there = count - unknown - left
      if there == 0 {
        let whose = count == 1 && of == nil ? "Its client" : "The clients of \(left)"
        return "\(whose) left in\(Self.last(leftWithinNs))\(others)."
      }
      let share = of.map { Wording.share(there, $0) } ?? "\(there)"
      let whose =
        count == 1 && of == nil
        ? "Its client is" : there == 1 ? "The client of \(share) is" : "The clients of \(share) are"
      let leaving = left == 0 ? "" : ", and \(left) more left in\(Self.last(leftWithinNs))"
      return "\(whose) still connected\(leaving)\(others)."
    case .peerGone(let count, let of):
      let whose = of == 1 ? "Its other end" : "The other end of \(Wording.share(count, of))"
      return "\(whose) had gone by the end; since when is not known."
    case .ownClients(let count, let of):
      let (whose, ends) =
        of == 1
        ? ("Its client is", "that end")
        : ("The clients of \(Wording.share(count, of)) are", "those ends")
      return "\(whose) this process itself, which has \(ends) open as well."
    case .onePerConnection(let connections):
      return "Each came with one of \(Wording.count(connections, "accepted connection")) whose"
        + " \(connections == 1 ? "client is" : "clients are") still there."
    case .channelToChild(let count):
      return count == 1
        ? "A child process got it, or its other end."
        : "Child processes got \(count), or their other ends."
    case .succession(let count):
      return count == 1
        ? "It took the place of one that was closed: there never was more than one at once."
        : "They took the place of others that were closed: there never were more at once."
    case .otherEndElsewhere(let count):
      return count == 1
        ? "Another process had its other end when it was looked at."
        : "Other processes had the other ends of all \(count) when they were looked at."
    case .onePerChild(let count):
      return "\(count == 1 ? "It" : "Each of \(count)") came with a child process that was still"
        + " there."
    case .replacement(let count):
      return count == 1
        ? "The one before it was closed when this one was open: it took its place."
        : "The ones before them were closed when these were open: they took their place."
    case .handedOver(let count):
      return "\(count == 1 ? "It was" : "All \(count) were") handed over to the program that the"
        + " process went on as."
    case .standardStream:
      return "Put in the place of standard input, output or error."
    case .libcKeeps(let purpose, let releaser):
      return "libc keeps it for \(purpose) until \(releaser)() is called."
    case .knownHolder(let name, let why):
      return why ?? "It is known to be held: \(name)."
    case .single:
      return "Opened once per process, and nothing tells against it."
    case .manyWays(let ways):
      return "They were opened in \(ways) ways: by as many stacks, which end alike and are judged"
        + " as one."
    case .listenersAmong(let count):
      return "\(count) more from here \(count == 1 ? "waits" : "wait") for connections,"
        + " and \(count == 1 ? "looks" : "look") intended."
    case .keptOnceAmong(let count):
      return "\(count) more from here \(count == 1 ? "is a" : "are") random"
        + " \(count == 1 ? "device or an archive" : "devices or archives") of code, opened once"
        + "\(count == 1 ? "" : " each"), as runtimes keep them."
    case .companionsAmong(let count):
      let connections =
        count == 1
        ? "an accepted connection whose client is"
        : "accepted connections, one each, whose clients are"
      return "\(count) more from here came with \(connections) still there."
    case .connectedAmong(let count):
      return "\(count) more from here \(count == 1 ? "is" : "are") still connected, and"
        + " \(count == 1 ? "looks" : "look") in use."
    case .othersConnected(let count, let of):
      let which =
        count < of
        ? "Of the \(of) others, \(count)" : "The other \(of == 1 ? "one" : "\(of)")"
      return "\(which) \(count == 1 ? "is" : "are") still connected."
    case .duplicates(let count, let objects):
      return "\(count) descriptors, \(objects == 1 ? "one open file" : "\(objects) open files")."
    case .missingCloseOnExec(
      let count, let listening, let processes, let ended, let endedCount):
      let what =
        count == 1 ? (listening ? "it, a listening socket," : "it") : "\(count) copies of them"
      return Self.kept(what, count, by: processes.count, ended: ended, endedCount)
        + " because close-on-exec was not set."
    case .limitHit(let processes):
      return "\(Wording.count(processes.count, "process", "processes")) ran out of descriptors"
        + " (EMFILE or ENFILE)."
    }
  }

  /// What programs keep, and what those had that have ended.
  private static func kept(
    _ what: String, _ count: Int, by programs: Int, ended: Int, _ endedCount: Int
  ) -> String {
    func started(_ programs: Int) -> String {
      "\(Wording.count(programs, "program")) started by exec"
    }
    let end = ended == 1 ? "until it ended" : "until they ended"
    switch ended {
    case 0: return "\(started(programs)) \(programs == 1 ? "keeps" : "keep") \(what)"
    case programs: return "\(started(programs)) kept \(what) \(end),"
    default:
      let living = programs - ended
      let copies = Wording.count(count - endedCount, "copy", "copies")
      return "\(started(living)) \(living == 1 ? "keeps" : "keep") \(copies) of them, and"
        + " \(ended) more kept \(endedCount) \(end),"
    }
  }

  /// ` the last 300 ms`: the kernel counts in ticks of some milliseconds.
  private static func last(_ ns: UInt64?) -> String {
    " the last \((ns ?? 0) < 1_000_000 ? "moment" : DurationText.of(ns ?? 0))"
  }

  /// The numbers behind the sentence.
  var data: [String: JSONValue] {
    switch self {
    case .abandonedAfterFailure(let api, let error, let errorName, let count, let of, _):
      [
        "api": .init(api), "error": .init(error), "error_name": .init(errorName),
        "count": .init(count), "of": .init(of),
      ]
    case .peerClosed(let count, let of, let late, let lateWithinNs, let goneNs):
      [
        "count": .init(count), "of": .init(of), "late": .init(late),
        "late_within_ns": .init(lateWithinNs), "gone_ns": .init(goneNs),
      ]
    case .sessionEnd(let withinNs): ["within_ns": .init(withinNs)]
    case .growth(let live, let overNs): ["live": .init(live), "over_ns": .init(overNs)]
    case .neverClosed(let opens, let withinNs):
      ["opens": .init(opens), "within_ns": .init(withinNs)]
    case .outlivesSiblings(let count, let ageNs, let siblingMaxNs, let siblings):
      [
        "count": .init(count), "age_ns": .init(ageNs), "sibling_max_ns": .init(siblingMaxNs),
        "siblings": .init(siblings),
      ]
    case .leftByChildren(let api, let count, let of, let closed, _):
      ["api": .init(api), "count": .init(count), "of": .init(of), "closed": .init(closed)]
    case .few(let live): ["live": .init(live)]
    case .siblingsClosed(let live, let siblings):
      ["live": .init(live), "siblings": .init(siblings)]
    case .startUp(let live, let withinNs), .burst(let live, let withinNs):
      ["live": .init(live), "within_ns": .init(withinNs)]
    case .peerConnected(let count, _, let unknown, let left, let leftWithinNs):
      [
        "count": .init(count), "unknown": .init(unknown), "left": .init(left),
        "left_within_ns": .init(leftWithinNs),
      ]
    case .peerGone(let count, let of), .ownClients(let count, let of),
      .othersConnected(let count, let of):
      ["count": .init(count), "of": .init(of)]
    case .listener(let count, let datagrams):
      ["count": .init(count), "datagrams": .init(datagrams)]
    case .listenersAmong(let count), .keptOnceAmong(let count), .companionsAmong(let count),
      .connectedAmong(let count),
      .channelToChild(let count), .onePerChild(let count), .otherEndElsewhere(let count),
      .succession(let count),
      .replacement(let count),
      .handedOver(let count),
      .markEnded(let count),
      .standardStream(let count):
      ["count": .init(count)]
    case .manyWays(let ways): ["ways": .init(ways)]
    case .singleton(let kind): ["kind": .init(kind.name)]
    case .onePerThread(let threads): ["threads": .init(threads)]
    case .onePerConnection(let connections): ["connections": .init(connections)]
    case .libcKeeps(let purpose, let releaser):
      ["purpose": .init(purpose), "releaser": .init(releaser)]
    case .knownHolder(let name, let why): ["name": .init(name), "why": .init(why)]
    case .single, .nameLeaks: [:]
    case .duplicates(let count, let objects):
      ["count": .init(count), "objects": .init(objects)]
    case .missingCloseOnExec(let count, let listening, let processes, let ended, _):
      [
        "count": .init(count), "listening": .init(listening), "ended": .init(ended),
        "processes": .array(processes.map { .init($0) }),
      ]
    case .limitHit(let processes): ["processes": .array(processes.map { .init($0) })]
    }
  }
}
