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
      return CloseOnExec.advice(interpreter)
    }
    let place = site.stack.placePhrase
    let remedy = CloseOnExec.remedy(for: site.api) ?? "fcntl(F_SETFD, FD_CLOEXEC)"
    return "Use \(remedy)\(place), so that started programs do not keep it."
  }

  private static func closing(_ site: Report.Site) -> String {
    let call = closeCall(site)
    if let interpreter = Interpreter(callerIn: site.stack) { return closing(site, interpreter) }
    let own = site.closers.first { $0.stack.focus != nil }?.stack.focus
    let example =
      own.map { "as is done for the others \($0.phrase)" }
      ?? site.closedElsewhere?.stack.focus.map {
        "as is done for others of the same \(site.api)() \($0.phrase)"
      }
    if let cause = site.cause, let place = cause.stack.focus {
      let event =
        if cause.error != 0 {
          "\(cause.api)() fails with \(cause.errorText)"
        } else if cause.isReadEnd {
          "\(cause.api)() returns 0, the peer's end"
        } else {
          "\(cause.api)()"
        }
      let when = cause.error != 0 || event.contains("returns") ? "when" : "after"
      return "Call \(call) \(when) \(event), \(place.phrase)" + (example.map { ", \($0)." } ?? ".")
    }
    if site.found == .suspect {
      let opened = site.stack.focus.map { "what \(site.api)() opens \($0.phrase)" } ?? "it"
      let condition = "If \(opened) is not meant to stay open,"
      if let example { return "\(condition) it needs \(call) on every path, \(example)." }
      return site.closed == 0
        ? "\(condition) call \(call) when done with it."
        : "\(condition) it needs \(call) on every path."
    }
    let opened = site.stack.focus.map { "What \(site.api)() opens \($0.phrase)" } ?? "It"
    if let example { return "\(opened) needs \(call) on every path, \(example)." }
    return site.closed == 0
      ? "\(opened) is never closed: call \(call) when done with it."
      : "\(opened) needs \(call) on every path."
  }

  /// What an interpreter opened is closed by the code that it runs, and not where it calls.
  private static func closing(_ site: Report.Site, _ interpreter: Interpreter) -> String {
    let opened = "What the \(interpreter.code) opens by \(site.api)()"
    if let cause = site.cause, cause.error != 0 {
      return "\(opened) needs to be closed when \(cause.api)() fails with"
        + " \(cause.errorText)."
    }
    if site.cause != nil || site.reasons.contains(where: { $0.code == "peer_closed" }) {
      return "\(opened) needs to be closed when the peer has closed its end."
    }
    let others = Wording.count(site.closed, "other is", "others are")
    if site.found == .suspect {
      let condition =
        "If what the \(interpreter.code) opens by \(site.api)() is not meant to stay open,"
      return site.closed == 0
        ? "\(condition) close it when done with it."
        : "\(condition) close it on every path, as \(others)."
    }
    return site.closed == 0
      ? "\(opened) is never closed: close it when done with it."
      : "\(opened) needs to be closed on every path, as \(others)."
  }

  /// The function that releases what the site opens.
  private static func closeCall(_ site: Report.Site) -> String {
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
