/// What a report said, for exit statuses.
public struct ReportOutcome: Equatable, Sendable {
  /// Call sites with the verdict `leak`.
  public var leakSites: Int
  /// Leaks that are new or have grown since the baseline; 0 without one.
  public var newLeaks: Int
  /// What is missing of the trace may have told of more.
  public var isDamaged: Bool
  /// What the command itself opened the trace does not tell.
  public var isCommandUnseen: Bool

  public init(
    leakSites: Int, newLeaks: Int = 0, isDamaged: Bool = false, isCommandUnseen: Bool = false
  ) {
    self.leakSites = leakSites
    self.newLeaks = newLeaks
    self.isDamaged = isDamaged
    self.isCommandUnseen = isCommandUnseen
  }

  /// Whether one of the two that may fail a build is there.
  ///
  /// - Throws: ``ReportFailure`` where none is found in a trace that is damaged, or does not tell of
  ///   the command: nobody can tell.
  public func fails(onLeak: Bool, onNewLeak: Bool) throws(ReportFailure) -> Bool {
    if onLeak && leakSites > 0 || onNewLeak && newLeaks > 0 { return true }
    guard onLeak || onNewLeak else { return false }
    if isDamaged {
      throw ReportFailure(
        "the trace is damaged: that no leak is in what is left of it says nothing")
    }
    guard isCommandUnseen else { return false }
    throw ReportFailure(
      "the trace does not tell what the command opened: that no leak is in it says nothing")
  }
}
