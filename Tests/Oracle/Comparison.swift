import TraceModel

/// Holds a trace against the log of the same run.
public struct Comparison {
  public private(set) var mismatches: [Mismatch] = []
  /// How much was compared.
  public private(set) var processes = 0
  public private(set) var opened = 0
  public private(set) var closed = 0
  /// Changes of the log that the program cannot have seen.
  public private(set) var hidden = 0

  public init(_ trace: Trace, _ model: KernelModel) {
    self.init(trace, events: trace.events.inOrder(), model)
    if trace.events.kept != trace.events.total {
      mismatches.append(Mismatch(text: "the trace's ring was too small for the run"))
    }
  }

  init(_ trace: Trace, events: [Event], _ model: KernelModel) {
    let match = RecordMatch(model.images, trace)
    mismatches = match.mismatches
    mismatches += model.gaps.map { Mismatch(text: "the log: \($0)") }
    // How far stacks reach changes no count. Uncertain forks are uncertain to the log, too.
    let doubts = UInt64(model.images.map(\.uncertain.count).reduce(0, +))
    for loss in trace.losses
    where !loss.name.hasPrefix("stacks_") && (loss.name != "fork_uncertain" || loss.count > doubts)
    {
      mismatches.append(Mismatch(text: "the trace lost \(loss.count) of \(loss.name)"))
    }
    if trace.damaged > 0 { mismatches.append(Mismatch(text: "the trace is damaged")) }
    let events = Dictionary(grouping: events, by: \.process)
    let sites = Dictionary(grouping: trace.sites, by: \.process)
    for (place, image) in model.images.enumerated() {
      guard let record = match.records[place] else { continue }
      let next = model.images.indices.first {
        model.images[$0].pid == image.pid && model.images[$0].number == image.number + 1
      }
      var comparison = ImageComparison(
        image, record, trace, isFollowed: next.map { match.records[$0] != nil } ?? false)
      comparison.compare(events: events[record.id] ?? [], sites: sites[record.id] ?? [])
      mismatches += comparison.mismatches
      processes += 1
      opened += comparison.count(.opened)
      closed += comparison.count(.closed) + comparison.count(.replaced)
      hidden += image.changes.count - comparison.visible.count
    }
  }
}
