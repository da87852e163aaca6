import LeakAnalysis

/// What to change at a site, as far as its evidence names a place.
enum Advice {
  static func of(_ site: Report.Site) -> [String] {
    var advice: [String] = []
    if site.found == .leak || site.found == .suspect {
      advice.append(closing(site))
    }
    if let kept = site.kept,
      let onKept = CloseOnExec.advice(for: kept.handle, started: kept.start)
    {
      advice.append(onKept)
    } else if site.reasons.contains(where: { $0.code == "missing_cloexec" }) {
      advice.append(closingOnExec(site))
    }
    return advice
  }

  private static func closingOnExec(_ site: Report.Site) -> String {
    if let interpreter = Interpreter(callerIn: site.stack) {
      return CloseOnExec.advice(interpreter, made: site.api)
    }
    let place = CloseOnExec.place(of: site.stack)
    let remedy = CloseOnExec.remedy(for: site.api) ?? "fcntl(F_SETFD, FD_CLOEXEC)"
    return "Use \(remedy)\(place), so that started programs do not keep it."
  }

  private static func closing(_ site: Report.Site) -> String {
    if let inParent = closingInParent(site) { return inParent }
    if let interpreter = Interpreter(callerIn: site.stack) { return closing(site, interpreter) }
    if let library = site.stack.library, !isClosedByProgram(site) {
      return closing(site, release(library))
    }
    if let focus = site.stack.focus, focus.origin == .library {
      if focus.isNamedCode { return closing(site, "close the object that owns it") }
      return closing(site, "release what \(focus.libraryName ?? "the library") made or uses")
    }
    if let release = StandardObject.release(in: site.stack) { return closing(site, release) }
    let call = closeCall(site)
    let example = example(site)
    if let moments = CauseMoments(of: site).phrase {
      return "Call \(call) \(moments)\(otherPaths(site))\(example ?? "")."
    }
    let opened = opened(site)
    if site.found == .suspect {
      let condition = "If \(opened ?? "it") is not meant to stay open,"
      return isNeverClosed(site)
        ? "\(condition) call \(call) when done with it."
        : "\(condition) it needs \(call) on every path\(example ?? "")."
    }
    let subject = opened.map(Wording.capitalized) ?? "It"
    return isNeverClosed(site)
      ? "\(subject) is never closed: call \(call) when done with it."
      : "\(subject) needs \(call) on every path\(example ?? "")."
  }

  /// `, and on every other path (the peers of 8 more have closed)`: who closes where the causes are
  /// would go on leaking those. Empty where the causes are all of them.
  private static func otherPaths(_ site: Report.Site) -> String {
    // The peer of who waited in vain may have closed since.
    let named = site.causes.reduce(0) { count, cause in
      (cause.error == 0 || cause.isTimeout) && cause.stack.focus != nil
        ? count + cause.count : count
    }
    guard let peersClosed = site.peersClosed, peersClosed > named else { return "" }
    let more = peersClosed - named
    let whose = more == 1 ? "the peer of 1 more has" : "the peers of \(more) more have"
    return ", and on every other path (\(whose) closed)"
  }

  /// What a forked server keeps of connections that it accepted for children, where it is so of
  /// all of them.
  private static func closingInParent(_ site: Report.Site) -> String? {
    for reason in site.reasons {
      guard case .leftByChildren(let api, let count, let of, let closed, _) = reason.finding,
        count == of
      else { continue }
      let isInterpreted = Interpreter(callerIn: site.stack) != nil
      let call = isInterpreted ? "close it" : "call \(closeCall(site))"
      let place = isInterpreted ? "" : reason.stack?.placePhrase ?? ""
      let what = "\(call) in the parent after \(api)()\(place)"
      let copies = "the child has a copy of its own"
      return site.found == .leak && closed > 0
        ? "\(Wording.capitalized(what)): \(copies)."
        : "If the child serves the connection, \(what): \(copies)."
    }
    return nil
  }

  /// Whether the program's own code closes what a library opened for it, as that of pipes to a child.
  private static func isClosedByProgram(_ site: Report.Site) -> Bool {
    guard let stack = site.example?.stack, let focus = stack.focus else { return false }
    return focus.origin == .program && !Interpreter.isOne(focus.module)
      && !stack.frames.contains { $0.origin == .library }
  }

  /// What a library opened is its own: to close it behind its back breaks what it keeps.
  private static func release(_ library: Report.StackFrame) -> String {
    if EventLoop.isRun(by: library) { return "release the object that owns it" }
    let function = library.function.map { "\(SpokenName.of($0))()" }
    return "release what \(function ?? "the call") of \(library.libraryName ?? "a library") made or"
      + " uses"
  }

  /// - Parameter release: what to do, as the program cannot close it itself.
  private static func closing(_ site: Report.Site, _ release: String) -> String {
    let example = example(site)
    if let moments = CauseMoments(of: site).phrase {
      return Wording.capitalized("\(moments)\(otherPaths(site)), \(release)\(example ?? "").")
    }
    let opened = opened(site) ?? "it"
    let isNeverClosed = isNeverClosed(site)
    if site.found == .suspect {
      let when = isNeverClosed ? "when done with it" : "on every path"
      return "If \(opened) is not meant to stay open, \(release) \(when)\(example ?? "")."
    }
    return isNeverClosed
      ? "\(Wording.capitalized(opened)) is never closed: \(release) when done with it."
      : "\(Wording.capitalized(opened)) is not closed on every path: \(release)\(example ?? "")."
  }

  /// `what open() opens in load at a.c:7`; nil where no frame tells.
  private static func opened(_ site: Report.Site) -> String? {
    site.stack.focus.map { "\(end(site))what \(site.api)() opens \($0.phrase)" }
  }

  /// Of pairs, where the other end of each was closed.
  private static func end(_ site: Report.Site) -> String {
    guard site.live > 0 && site.halves == UInt64(site.live) else { return "" }
    return "\(site.end.flatMap(site.name).map { "the \($0)" } ?? "one end") of "
  }

  private static func isNeverClosed(_ site: Report.Site) -> Bool {
    let closed = site.closers.lazy.filter(\.isAtEnd).reduce(site.closed) {
      $0.subtractingWithSaturation($1.count)
    }
    guard example(site) == nil else { return false }
    return closed == 0 || site.examples == 0 && !end(site).isEmpty
  }

  /// `, as is done for the others in drop at a.c:9`; nil where none are closed in a known place.
  private static func example(_ site: Report.Site) -> String? {
    site.example.flatMap(place).map { ", as is done for the others\($0)" }
      ?? site.closedElsewhere.flatMap(place).map {
        ", as is done for others of the same \(site.api)()\($0)"
      }
  }

  /// ` by sqlite3_close() in drop at a.c:9`, with the function of a library that the program calls
  /// there; nil where no frame tells.
  private static func place(_ closer: Report.Closer) -> String? {
    guard closer.stack.focus != nil else { return nil }
    guard let library = closer.stack.library, let function = library.function,
      !EventLoop.isRun(by: library)
    else { return closer.stack.placePhrase }
    return " by \(SpokenName.of(function))()\(closer.stack.placePhrase)"
  }

  /// What an interpreter opened is closed by the code that it runs, and not where it calls.
  private static func closing(_ site: Report.Site, _ interpreter: Interpreter) -> String {
    let what = "\(end(site))what the \(interpreter.code) opens by \(site.api)()"
    let opened = Wording.capitalized(what)
    let hasPeerClosed = site.reasons.contains { $0.code == "peer_closed" }
    if let events = CauseMoments(of: site).events(hasPeerClosed: hasPeerClosed) {
      return "\(opened) needs to be closed when \(events)."
    }
    let others = Wording.count(site.examples, "other is", "others are")
    if site.found == .suspect {
      let condition = "If \(what) is not meant to stay open,"
      return site.examples == 0
        ? "\(condition) close it when done with it."
        : "\(condition) close it on every path, as \(others)."
    }
    return site.examples == 0
      ? "\(opened) is never closed: close it when done with it."
      : "\(opened) needs to be closed on every path, as \(others)."
  }

  /// The function that releases what the site opens.
  private static func closeCall(_ site: Report.Site) -> String {
    switch site.api {
    case "fts_open", "fts64_open", "fts_read", "fts64_read": return "fts_close()"
    case "setmntent", "__setmntent": return "endmntent()"
    case "mq_open", "__mq_open_2": return "mq_close()"
    default: break
    }
    let owners = Set(site.fds.map(\.owner))
    guard owners.count == 1, let owner = owners.first else { return "close()" }
    switch owner {
    case "FILE": return "fclose()"
    case "DIR": return "closedir()"
    case "popen": return "pclose()"
    default: return "close()"
    }
  }
}
