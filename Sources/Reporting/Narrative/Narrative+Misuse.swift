extension Narrative {
  /// Wrong closes, one sentence each.
  var misuse: [String] { report.misuse.map(sentence) }

  private func sentence(_ misuse: Report.Misuse) -> String {
    let place = misuse.stack.focus.map { " \($0.phrase)" } ?? ""
    let times = misuse.count == 1 ? "" : ", \(misuse.count) times"
    let opened = misuse.openedAt?.focus.map { "; opened \($0.phrase)" } ?? ""
    let closed = misuse.closedAt?.focus.map { "; closed before \($0.phrase)" } ?? ""
    let what =
      switch misuse.kind {
      case "double_close": "closes fd \(misuse.fd) again"
      case "close_never_opened": "closes fd \(misuse.fd), which is not open"
      case "close_of_reused_fd":
        "closes fd \(misuse.fd), which by then belongs to another opener"
      case "owned_close": "closes fd \(misuse.fd) under a stream that owns it"
      case "use_after_close": "uses fd \(misuse.fd) after it was closed"
      default: "\(misuse.kind.replacing("_", with: " ")) of fd \(misuse.fd)"
      }
    return "\(label(misuse.process)) \(what)\(place)\(times)\(opened)\(closed)."
  }
}
