import TraceModel

/// What a program makes for its children, or as one of them.
extension Case {
  /// What a process made for the program that it went on as is no longer its to close.
  func judgeHandedOver() -> Judgement? {
    fds.allSatisfy { process.handedOver.contains($0.fd) }
      ? .init(verdict: .held, reasons: [.handedOver(count: live)]) : nil
  }

  /// What keeps numbers busy, made at once.
  func judgePlaceholders() -> Judgement? {
    guard opens > 1, fds.allSatisfy(\.isPlaceholder), share.closed == 0, !isSpreadOverLife else {
      return nil
    }
    return .init(verdict: .held, reasons: [.startUp(live: live, withinNs: spreadNs)])
  }
}
