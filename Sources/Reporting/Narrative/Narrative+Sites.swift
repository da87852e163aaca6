import LeakAnalysis
import TraceModel

extension Narrative {
  /// One labelled part of a site's section.
  struct Fact: Equatable {
    var label: String
    var lines: [String]
  }

  /// `40 tcp sockets from socket() in dial at client.c:38`
  func title(of site: Report.Site) -> String {
    let place = Self.place(of: site)
    if site.verdict == .clean {
      let noun = Self.plural(site.kind, Int(clamping: site.opened))
      return "\(site.opened) \(noun) from \(site.api)()\(place), all closed"
    }
    if site.objects > 0 && site.objects < site.live {
      let files = "\(site.objects) \(Self.plural(site.kind, site.objects))"
      return "\(site.live) descriptors of \(files) from \(site.api)()\(place)"
    }
    if site.live == 0 { return "0 of \(site.opened) \(Self.subject(of: site))" }
    let count = site.judged < site.live ? "\(site.judged) of \(site.live)" : "\(site.live)"
    return "\(count) \(Self.subject(of: site))"
  }

  /// A line for each of those that are no finding: what is alike but for the way to the call is
  /// one line, in the place of the first.
  func briefly(_ sites: [Report.Site]) -> [String] {
    struct Alike: Hashable {
      var subject: String
      var reason: String?
    }
    func subject(_ site: Report.Site) -> String {
      // Duplicates, and what was closed, have titles of their own.
      site.verdict == .clean || (site.objects > 0 && site.objects < site.live)
        ? title(of: site) : Self.subject(of: site, count: 2)
    }
    var groups: [(first: Int, count: Int, live: Int)] = []
    var places: [Alike: Int] = [:]
    for index in sites.indices {
      let alike = Alike(subject: subject(sites[index]), reason: reason(of: sites[index]))
      let place = places[alike, default: groups.count]
      if place == groups.count {
        places[alike] = place
        groups.append((index, 0, 0))
      }
      groups[place].count += 1
      groups[place].live += sites[index].live
    }
    return groups.map { group in
      let first = sites[group.first]
      let reason = reason(of: first).map { ". \($0)" } ?? "."
      if group.count == 1 { return title(of: first) + reason }
      let subject = Self.subject(of: first, count: group.live)
      return "\(group.live) \(subject), in \(group.count) ways" + reason
    }
  }

  /// `tcp sockets from socket() in dial at client.c:38`
  static func subject(of site: Report.Site) -> String { subject(of: site, count: site.live) }

  /// The same of `count` of its descriptors.
  static func subject(of site: Report.Site, count: Int) -> String {
    var subject = Report.Subject(site)
    subject.live = count
    return subject.title
  }

  private static func place(of site: Report.Site) -> String {
    site.stack.focus.map { " \($0.phrase)" } ?? ", stack not recorded"
  }

  /// What is open: addresses or paths with how many of each, the most frequent first, and of
  /// those the first that is listed.
  func names(of site: Report.Site) -> String? {
    var counts: [String: (count: Int, first: Int)] = [:]
    for (index, fd) in site.fds.enumerated() {
      counts[Self.name(of: fd), default: (0, index)].count += 1
    }
    counts[""] = nil
    let groups = counts.map { (key: $0.key, value: $0.value.count, first: $0.value.first) }
      .sorted { ($1.value, $0.first) < ($0.value, $1.first) }
    guard !groups.isEmpty else { return nil }
    return Self.few(
      groups.map { $0.value > 1 ? "\($0.key) (\($0.value) times)" : $0.key }, of: 3)
  }

  private static func name(of fd: Report.Descriptor) -> String {
    if fd.kind == "unix" { return unixName(of: fd) }
    let state = fd.state.map { " \($0)" } ?? ""
    if let remote = fd.remote { return "to \(remote)\(state)" }
    return (fd.name ?? fd.local).map { $0 + state } ?? (fd.state ?? "")
  }

  /// `/run/app.sock (listening, its path is gone)`; the state is that of the own name.
  private static func unixName(of fd: Report.Descriptor) -> String {
    let remote = fd.remote.flatMap { $0 == "unnamed" ? nil : "to \($0)" }
    let name = remote ?? fd.name ?? fd.local ?? "unnamed"
    var facts = fd.isListening ? ["listening"] : []
    switch fd.state {
    case "unlinked": facts.append(remote == nil ? "its path is gone" : "its own path is gone")
    case "abstract": facts.append("abstract")
    default: break
    }
    return facts.isEmpty ? name : "\(name) (\(facts.joined(separator: ", ")))"
  }

  /// Everything but the stack, in the order in which a reader asks.
  func facts(of site: Report.Site) -> [Fact] {
    var facts = [Fact(label: "why", lines: reasons(of: site) + causes(of: site))]
    if site.found == .leak { facts.append(Fact(label: "rate", lines: [growth(of: site)])) }
    facts.append(Fact(label: "when", lines: times(of: site)))
    facts.append(Fact(label: "who", lines: holders(of: site)))
    facts.append(Fact(label: "marks", lines: marks(of: site)))
    facts.append(Fact(label: "note", lines: site.found <= .suspect ? sharedStack(of: site) : []))
    facts.append(Fact(label: "closed", lines: closings(of: site)))
    facts.append(Fact(label: "change", lines: site.advice))
    return facts.filter { !$0.lines.isEmpty }
  }

  /// Why the verdict was given, as sentences.
  func reasons(of site: Report.Site) -> [String] {
    // That nothing was ever closed says all of that, and more.
    let isNeverClosed = site.reasons.contains { $0.code == "never_closed" }
    var isNamed = false
    return site.reasons.compactMap { reason in
      switch reason.code {
      case "duplicates": return sharing(of: site) ?? reason.text
      case "growth" where isNeverClosed: return nil
      default:
        if isNamed || reason.isOfAll { return reason.text }
        isNamed = true
        return judgedPart(of: site) + reason.text
      }
    }
  }

  /// The strongest one alone.
  func reason(of site: Report.Site) -> String? {
    site.reasons.first.map { $0.isOfAll ? $0.text : judgedPart(of: site) + $0.text }
  }

  /// `In pid 790 (server), with 7 of 28: `; empty where no other process holds any.
  private func judgedPart(of site: Report.Site) -> String {
    guard let process = site.judgedProcess else { return "" }
    let own = site.byProcess.first { $0.process == process }?.live ?? 0
    let part = own > 0 && own < site.live ? ", with \(own) of \(site.live)" : ""
    return "In \(label(process))\(part): "
  }

  /// `200 descriptors, one open file: 100 from here, 100 by dup() at a.c:9; it is that of
  /// socket() at a.c:3.`
  private func sharing(of site: Report.Site) -> String? {
    guard let sharing = site.sharing else { return nil }
    let others = sharing.others.map { "\($0.count) by \($0.phrase)" }
    // Said once: the original may be open itself.
    let original = sharing.original.flatMap { original in
      sharing.others.contains { $0.site == original.site }
        ? nil : "; it is that of \(original.phrase)"
    }
    return "\(sharing.descriptors) descriptors, one open file: "
      + Self.few(["\(site.live) from here"] + others, of: 4) + (original ?? "") + "."
  }

  /// The cause, where no reason says it already.
  private func causes(of site: Report.Site) -> [String] {
    guard let cause = site.cause,
      !site.reasons.contains(where: { $0.code == "abandoned_after_failure" })
    else { return [] }
    let place = cause.stack.focus.map { " \($0.phrase)" } ?? ""
    let what =
      if cause.error != 0 {
        Wording.failure(of: cause.api, cause.errorName ?? "errno \(cause.error)")
      } else if cause.api.hasPrefix("read") || cause.api.hasPrefix("recv") {
        "\(cause.api)() returned 0"
      } else {
        "\(cause.api)() was called"
      }
    return ["The last call seen on \(Wording.share(cause.count, cause.of)): \(what)\(place)."]
  }

  /// That a site is more than one line of code where an interpreter stands between.
  private func sharedStack(of site: Report.Site) -> [String] {
    guard let interpreter = Interpreter(callerIn: site.stack) else { return [] }
    let others = site.marks.isEmpty ? "names, times and threads" : "names, times, threads and marks"
    return [
      "The frames are those of \(interpreter.module), not of the \(interpreter.code) that it runs:"
        + " whatever of that opens by the same calls is one site. The descriptors' \(others) tell"
        + " its lines apart."
    ]
  }

  private func times(of site: Report.Site) -> [String] {
    var parts: [String] = []
    switch (site.firstOpenedNs, site.lastOpenedNs) {
    case (let first?, let last?) where site.opened > 1:
      parts.append(
        "First opened \(DurationText.of(first)) after the start, last \(DurationText.of(last))")
    case (let first?, _): parts.append("Opened \(DurationText.of(first)) after the start")
    default: break
    }
    if site.opened > 1 {
      // The peaks of several processes need not be of one moment.
      let whose = site.byProcess.count > 1 ? " in one process" : ""
      parts.append(
        "\(site.opened) opened, \(site.closed) closed, at most \(site.peak) at once\(whose)")
    }
    return parts.isEmpty ? [] : [parts.joined(separator: "; ") + "."]
  }

  /// `3 a second, limit in 5 min 5 s`; nil when there is not enough data.
  func shortRate(of site: Report.Site) -> String? {
    guard let growth = site.growth, growth.perHour.isFinite, growth.perHour > 0 else { return nil }
    let rate = Self.rate(growth.perHour) + (growth.steadiness == "bursts" ? ", in bursts" : "")
    return rate
      + (site.limitReachedInNs.map { ", limit in \(DurationText.of($0))" } ?? "")
  }

  private func growth(of site: Report.Site) -> String {
    guard let growth = site.growth, growth.perHour.isFinite, growth.perHour > 0 else {
      return "Not enough data for a rate."
    }
    let rate = "\(Self.rate(growth.perHour)) more stay open"
    if growth.steadiness == "bursts" {
      return "On average \(rate), in bursts: no forecast is made from that."
    }
    let limit = site.limitReachedInNs.map {
      " At that rate the limit is reached in \(DurationText.of($0))."
    }
    let manner = growth.steadiness == "steady" ? "steadily" : "unevenly"
    return "About \(rate), \(manner).\(limit ?? "")"
  }

  /// In the unit that gives a number from 1 to 100 where possible.
  private static func rate(_ perHour: Double) -> String {
    func whole(_ value: Double) -> Int { Int(min(value.rounded(), 1e15)) }
    if perHour >= 3_600 { return "\(whole(perHour / 3_600)) a second" }
    if perHour >= 60 { return "\(whole(perHour / 60)) a minute" }
    if perHour >= 1 { return "\(whole(perHour)) an hour" }
    return "\(max(1, whole(perHour * 24))) a day"
  }

  private func holders(of site: Report.Site) -> [String] {
    var lines: [String] = []
    let holding = site.byProcess.filter { $0.live > 0 }
    let most = holding.sorted { ($1.live, $0.process) < ($0.live, $1.process) }
    for counts in most.prefix(3) {
      let fds = site.fds.filter { $0.process == counts.process }
      let threads = Set(fds.map(\.thread)).subtracting([0]).sorted().map(String.init)
      let opener =
        threads.isEmpty
        ? "" : ", opened by thread\(threads.count == 1 ? "" : "s") \(Self.few(threads, of: 4))"
      let numbers = fds.isEmpty ? "\(counts.live)" : Self.numbers(fds.map(\.fd))
      lines.append("\(label(counts.process)): \(numbers)\(opener).")
    }
    if holding.count > 3 {
      lines.append("+\(Wording.count(holding.count - 3, "more process", "more processes")).")
    }
    return lines + senders(of: site)
  }

  /// Who sent what came in messages.
  private func senders(of site: Report.Site) -> [String] {
    let counts = Dictionary(grouping: site.fds.compactMap(\.sender)) { $0 }.mapValues(\.count)
    let most = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return most.prefix(3).map { pid, count in
      let known = report.processes.last { $0.pid == pid }.map { label($0.id) }
      return "\(count) of those listed came in messages from \(known ?? "pid \(pid)")."
    }
  }

  private func closings(of site: Report.Site) -> [String] {
    if site.closers.isEmpty, let elsewhere = site.closedElsewhere {
      return ["None of these; of the same \(site.api)(), called another way, \(closing(elsewhere))"]
    }
    return closers(of: site).prefix(3).map(closing)
  }

  /// Those that a reader cannot tell apart, as one: with the stack and the median of the one
  /// that closes most.
  func closers(of site: Report.Site) -> [Report.Closer] {
    var places: [String: Int] = [:]
    var merged: [Report.Closer] = []
    for closer in site.closers {
      let place = closer.api + (closer.stack.focus?.phrase ?? "")
      guard let index = places[place] else {
        places[place] = merged.count
        merged.append(closer)
        continue
      }
      merged[index].count = merged[index].count.addingWithSaturation(closer.count)
      merged[index].minNs = zip(merged[index].minNs, closer.minNs).map(min)
      merged[index].maxNs = zip(merged[index].maxNs, closer.maxNs).map(max)
    }
    return merged.enumerated().sorted {
      ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }.map(\.element)
  }

  private func zip<Value>(_ a: Value?, _ b: Value?) -> (Value, Value)? {
    guard let a, let b else { return nil }
    return (a, b)
  }

  private func closing(_ closer: Report.Closer) -> String {
    let place = closer.stack.focus.map { " \($0.phrase)" } ?? ""
    var text = "\(Wording.count(closer.count, "other")) by \(closer.api)()\(place)"
    if let low = closer.minNs, let high = closer.maxNs {
      text +=
        low == high
        ? ", after \(DurationText.of(low))"
        : ", after \(DurationText.of(low)) to \(DurationText.of(high))"
      if low != high, let median = closer.medianNs {
        text += ", mostly about \(DurationText.of(median))"
      }
    }
    return text + "."
  }

  /// `pid 790 (server)`.
  func label(_ process: Int) -> String {
    report.process(process)?.label ?? "process \(process) of the trace"
  }

  /// `tcp sockets`, `files`.
  static func plural(_ kind: String, _ count: Int) -> String {
    let noun =
      switch kind {
      case "tcp", "udp", "unix", "netlink": "\(kind) socket"
      case "dir": "directory"
      case "pipe": "pipe end"
      case "mqueue": "message queue"
      case "io_uring": "io_uring instance"
      case "perf_event": "perf event"
      case "bpf": "bpf object"
      case "kvm": "kvm object"
      case "dmabuf": "dma-buf"
      case "sync_file": "sync file"
      case "other", "unknown": "fd"
      default: kind
      }
    if count == 1 { return noun }
    return noun.hasSuffix("y") ? noun.dropLast() + "ies" : noun + "s"
  }
}
