extension Narrative {
  /// Wrong closes and uses, one sentence each.
  var misuse: [String] { report.misuse.map(sentence) }

  func sentence(_ misuse: Report.Misuse) -> String {
    let number =
      misuse.fd == misuse.lastFd ? "fd \(misuse.fd)" : "fds \(misuse.fd) to \(misuse.lastFd)"
    let place = misuse.stack.placePhrase
    let times = misuse.count == 1 ? "" : ", \(misuse.count) times"
    let call = misuse.api.isEmpty ? "a call" : "\(misuse.api)()"
    let what =
      switch misuse.kind {
      case "double_close": "closes \(number) again"
      case "close_never_opened": "closes \(number), which was never open"
      case "close_of_reused_fd": "closes \(number) a second time"
      case "owned_close": "closes \(number) with \(call) under the stream that owns it"
      case "cut_message":
        "takes a message from \(number) with less room than its control data needs (MSG_CTRUNC),"
          + " so the kernel closed what descriptors were left over,"
      case "use_after_close": "calls \(call) on \(number) after it was closed"
      default: "\(misuse.kind.replacing("_", with: " ")) of \(number)"
      }
    return "\(label(misuse.process)) \(what)\(place)\(times)\(history(of: misuse))."
  }

  private func history(of misuse: Report.Misuse) -> String {
    func clause(_ words: String, _ stack: Report.Stack?) -> String {
      stack?.focus.map { "; \(words) \($0.phrase)" } ?? ""
    }
    guard misuse.kind == "close_of_reused_fd" else {
      return clause("opened", misuse.openedAt) + clause("closed before", misuse.closedAt)
    }
    return ", when it belongs to another opener" + clause("its own was closed", misuse.closedAt)
      + clause("the other one was opened", misuse.openedAt)
      + clause("and missed", misuse.noticedAt)
  }
}
