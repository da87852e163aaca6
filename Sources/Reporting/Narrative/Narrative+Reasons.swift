extension Narrative {
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
        if isNamed || reason.isOfAll(of: site) { return reason.text }
        isNamed = true
        return judgedPart(of: site) + reason.text
      }
    }
  }

  /// The strongest one alone.
  func reason(of site: Report.Site) -> String? {
    site.reasons.first.map { $0.isOfAll(of: site) ? $0.text : judgedPart(of: site) + $0.text }
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

  /// The causes that no reason says already, as it does of failures. What happened in one place
  /// in several ways is told as one.
  func causes(of site: Report.Site) -> [String] {
    let areFailuresTold = site.reasons.contains { $0.code == "abandoned_after_failure" }
    var told: [(what: String, cause: Report.Note)] = []
    for cause in site.causes where cause.error == 0 || cause.isTimeout || !areFailuresTold {
      let what = Self.what(cause) + site.placePhrase(of: cause.stack)
      if let index = told.firstIndex(where: { $0.what == what }) {
        told[index].cause.count += cause.count
      } else {
        told.append((what, cause))
      }
    }
    return told.map { what, cause in
      "The last call seen on \(Self.share(cause, of: site)): \(what)."
    }
  }

  /// `8 of 32`; of those that a reason has told of already, `8 of 16 whose peers have closed`.
  private static func share(_ cause: Report.Note, of site: Report.Site) -> String {
    guard cause.isReadEnd, let peersClosed = site.peersClosed,
      peersClosed < cause.of, cause.count <= peersClosed
    else { return Wording.share(cause.count, cause.of) }
    return peersClosed == 1
      ? "the one whose peer has closed"
      : Wording.share(cause.count, peersClosed) + " whose peers have closed"
  }

  private static func what(_ cause: Report.Note) -> String {
    if cause.error != 0 { return Wording.failure(of: cause.api, cause.errorText) }
    return cause.isReadEnd ? "\(cause.api)() returned 0" : "\(cause.api)() was called"
  }

  func notes(on site: Report.Site) -> [String] {
    sharedStack(of: site) + libraryThread(of: site) + sharedName(of: site)
  }

  /// That a library opens for many, of which none is on the stack.
  private func libraryThread(of site: Report.Site) -> [String] {
    let stack = site.stack
    guard stack.end == .complete, let focus = stack.focus, focus.origin == .library,
      !focus.isNamedCode, Interpreter(callerIn: stack) == nil,
      !stack.frames.contains(where: { $0.origin == .program })
    else { return [] }
    return [
      "The frames are those of \(focus.libraryName ?? "a library"), and none is the program's:"
        + " whatever had that opened by it, as in a thread of the library, is one site. The"
        + " descriptors' names and times tell its callers apart."
    ]
  }

  /// That a site is more than one line of code where an interpreter stands between.
  private func sharedStack(of site: Report.Site) -> [String] {
    guard let interpreter = Interpreter(callerIn: site.stack) else { return [] }
    let others = site.marks.isEmpty ? "names, times and threads" : "names, times, threads and marks"
    return [
      "The frames are those of \(interpreter.module), not of the \(interpreter.code) that it runs:"
        + " whatever of that opens by the same calls is one site. The descriptors' \(others) tell"
        + " its lines apart."
        // Of what has no names though, nothing helps.
        + (report.codeMaps.isEmpty ? interpreter.naming.map { " \($0)" } ?? "" : "")
    ]
  }

  private func sharedName(of site: Report.Site) -> [String] {
    guard site.namesakes > 0 else { return [] }
    let others = Wording.count(site.namesakes, "more finding")
    return [
      "The fingerprint is also that of \(others): a suppression by it takes"
        + " \(site.namesakes == 1 ? "both" : "all of them")."
    ]
  }
}
