extension Report.Stack {
  /// ` in wait_for at net.c:22, called by dial at client.c:39`: as `placePhrase`, of a call on what
  /// `opened` opened. A function that had no part in opening it serves many, so who called it is
  /// told as well: there it is left open. With more in between, that is the one who called it and
  /// the first that had part: `, called by read_line at net.c:9 for ask at client.c:49`.
  func placePhrase(beside opened: Report.Stack) -> String {
    let callers = callers(beside: opened)
    guard let first = callers.first, let last = callers.last else { return placePhrase }
    let others = callers.count > 1 ? " for \(last.spoken)" : ""
    return "\(placePhrase), called by \(first.spoken)\(others)"
  }

  /// Of the program's own: from the caller of the function to look at first up to one that had part,
  /// or that caller alone where none had. Empty where that function itself had, and where nothing is
  /// known of the opening.
  private func callers(beside opened: Report.Stack) -> ArraySlice<Report.StackFrame> {
    guard let focusIndex, frames[focusIndex].isOwnFunction, !opened.frames.isEmpty else {
      return []
    }
    let own = frames[focusIndex...].filter(\.isOwnFunction)
    let shared = own.firstIndex { frame in
      opened.frames.contains { $0.function == frame.function && $0.module == frame.module }
    }
    return shared.map { own[...$0].dropFirst() } ?? own.dropFirst().prefix(1)
  }
}

extension Report.StackFrame {
  fileprivate var isOwnFunction: Bool { origin == .program && function != nil }

  fileprivate var spoken: String {
    "\(function.map(SpokenName.of) ?? "a function") at \(shortPlace)"
  }
}
