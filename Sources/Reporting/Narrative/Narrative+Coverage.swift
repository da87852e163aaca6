extension Narrative {
  /// What the trace could not hold or did not see, in plain words; says so when that is nothing.
  var coverage: [String] {
    let trace = report.trace
    var lines = trace.losses.map { "\($0.count) \($0.text)." }
    if trace.damaged > 0 {
      lines.append(
        "\(Wording.count(trace.damaged, "record")) of the trace"
          + " \(trace.damaged == 1 ? "is" : "are") damaged and left out.")
    }
    lines += unseen
    if trace.vanished > 0 {
      lines.append(
        "\(Wording.count(trace.vanished, "fd")) \(trace.vanished == 1 ? "was" : "were") closed"
          + " in a way that was not seen.")
    }
    lines += unchecked
    if lines.isEmpty { lines.append("Nothing was lost, and every open fd was seen being opened.") }
    if trace.eventsTotal > trace.eventsKept {
      let about = trace.eventsTotalIsExact ? "" : "about "
      lines.append(
        "The event history keeps the latest \(trace.eventsKept) of \(about)\(trace.eventsTotal)"
          + " events; counts and open fds do not depend on it.")
    }
    lines += report.bareModules.map {
      "No symbols for \($0.path), which \($0.text)"
        + " (\(Wording.count($0.addresses, "address", "addresses")))."
    }
    lines += unlisted
    if report.omitted.sites > 0 {
      lines.append(
        "The filter left out \(Wording.count(report.omitted.sites, "call site"))"
          + " with \(Wording.count(report.omitted.descriptors, "open fd")).")
    }
    return lines
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

  private var unseen: [String] {
    guard report.trace.unseen > 0 else { return [] }
    let fds = report.processes.flatMap { process in
      // Alike ones together, in order of the first of them.
      Dictionary(grouping: process.unseen) { fd in
        let name = (fd.name ?? fd.remote ?? fd.local).map { " \($0)" } ?? ""
        return "\(fd.kind)\(name)"
      }.sorted { ($0.value[0].fd, $0.key) < ($1.value[0].fd, $1.key) }.map { what, fds in
        "\(Self.numbers(fds.map(\.fd))) of pid \(process.pid): \(what)"
      }
    }
    let list = fds.isEmpty ? "." : ": " + Self.few(fds, of: 5) + "."
    return [
      "\(Wording.count(report.trace.unseen, "open fd")) \(report.trace.unseen == 1 ? "was" : "were")"
        + " opened in a way that was not seen (raw system calls, io_uring, code with a libc of its own, RTLD_DEEPBIND, ctypes)\(list)"
    ]
  }

  /// Processes whose table was never compared with the kernel's.
  private var unchecked: [String] {
    var lines: [String] = []
    let traced = report.processes.filter {
      $0.isTraced && !$0.goesOnUntraced && $0.endKind != "exec"
    }
    let unchecked = traced.filter { !$0.wasChecked }
    if !unchecked.isEmpty {
      let names = Self.few(unchecked.map(\.label), of: 3)
      lines.append(
        "Not compared with the kernel's own list of open fds, as a process does when it ends by"
          + " itself: \(names).")
    }
    let untraced = report.processes.filter { !$0.isTraced || $0.goesOnUntraced }
    if !untraced.isEmpty {
      lines.append(
        "Not traced, being static, setuid or started without the preload:"
          + " \(Self.few(untraced.map(\.label), of: 3)).")
    }
    return lines
  }
}
