import TraceModel

/// The addresses of the connections that a process made itself, to tell those
/// that lead back into it from those of other programs.
struct ConnectionEnds {
  private var locals: Set<SocketAddress> = []
  private var remotes: Set<SocketAddress> = []
  private var names: Set<String> = []

  init(_ view: ProcessView, _ trace: Trace) {
    for descriptor in view.own where !CallName.accepts(trace.callName(descriptor.call)) {
      if let local = descriptor.detail?.local { locals.insert(local) }
      if let remote = descriptor.detail?.remote { remotes.insert(remote) }
      // Both ends of a unix connection carry the name of the listener's.
      if descriptor.kind == .unix, !descriptor.isListening, let name = descriptor.detail?.text {
        names.insert(name)
      }
    }
  }

  /// True when the other end of an accepted connection is here, too.
  func haveOther(of accepted: Descriptor) -> Bool {
    accepted.detail?.remote.map(locals.contains) == true
      || accepted.detail?.local.map(remotes.contains) == true
      || accepted.detail?.text.map(names.contains) == true
  }
}
