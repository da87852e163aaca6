import TraceModel

/// What the processes of a site hold of it, gone through once: there may be a million.
struct HeldAtSite {
  private(set) var first: Descriptor?
  /// How many open files they are descriptors of.
  private(set) var objects = 0
  /// Whether all are descriptors of one open file.
  private(set) var isOneObject = true
  /// What they are, as far as it is known: `other` when they differ.
  private(set) var kind: DescriptorKind?
  /// What happened last to them.
  private(set) var notes: [NoteKey: Int] = [:]
  /// Of how many nobody had the other end any more.
  private(set) var otherEndsGone = 0
  /// Accepted connections that the process made to itself.
  private(set) var ownClients = 0

  /// - Parameter api: the call that opened them.
  init(_ shares: ArraySlice<SiteGroup.Share>, of api: String, in context: SiteContext) {
    let areAccepted = CallName.accepts(api)
    let (grouping, trace) = (context.grouping, context.trace)
    var duplicated: Set<UInt32> = []
    var single = 0
    for share in shares {
      let process = context.processes[share.process]
      let endTicks = process?.view.endTicks ?? 0
      for descriptor in grouping.live(share) {
        if first == nil { first = descriptor }
        if descriptor.kind != .unknown {
          kind = kind == nil || kind == descriptor.kind ? descriptor.kind : .other
        }
        if descriptor.object != first?.object { isOneObject = false }
        if descriptor.object == 0 { single += 1 } else { duplicated.insert(descriptor.object) }
        if descriptor.isOtherEndGone(trace) { otherEndsGone += 1 }
        if areAccepted, process?.ends.haveClient(of: descriptor) == true { ownClients += 1 }
        // Who waits again and again has not left it there.
        let isAwaited = descriptor.hasTimedOut(trace) && descriptor.mayBeTriedAgain(by: endTicks)
        if !isAwaited, let note = descriptor.note {
          notes[NoteKey(note, in: grouping.stacks), default: 0] += 1
        }
      }
    }
    objects = duplicated.count + single
  }
}
