extension Report.Site {
  /// ` in wait_for at net.c:22, called by dial at client.c:39`: the place to look at first of a call
  /// on what is left open. A function that neither had part in opening nor closes any serves many, so
  /// who called it is told as well: there it is left open. With more in between, that is the one who
  /// called it and the first that had part: `, called by read_line at net.c:9 for ask at client.c:49`.
  func placePhrase(of call: Report.Stack) -> String {
    let callers = callers(of: call)
    guard let first = callers.first, let last = callers.last else { return call.placePhrase }
    let others = callers.count > 1 ? " for \(last.spoken)" : ""
    return "\(call.placePhrase), called by \(first.spoken)\(others)"
  }

  /// Of the program's own: from the caller of the function to look at first up to one that had part,
  /// or that caller alone where none had. Empty where that function itself had, and where nothing is
  /// known of the opening.
  private func callers(of call: Report.Stack) -> ArraySlice<Report.StackFrame> {
    guard let focus = call.focusIndex, call.frames[focus].isOwnFunction, !stack.frames.isEmpty
    else {
      return []
    }
    let own = call.frames[focus...].filter(\.isOwnFunction)
    let shared = own.firstIndex { frame in
      stack.passes(frame) || closers.contains { $0.stack.passes(frame) }
    }
    return shared.map { own[...$0].dropFirst() } ?? own.dropFirst().prefix(1)
  }
}

extension Report.Stack {
  /// Through the function of that frame.
  fileprivate func passes(_ frame: Report.StackFrame) -> Bool {
    frames.contains { $0.function == frame.function && $0.module == frame.module }
  }
}

extension Report.StackFrame {
  fileprivate var isOwnFunction: Bool { origin == .program && function != nil }

  fileprivate var spoken: String {
    "\(function.map(SpokenName.of) ?? "a function") at \(shortPlace)"
  }
}
