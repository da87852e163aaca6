import TraceModel

/// The ends of connections and pipes that a process has, to tell what leads back into it from
/// what leads to others.
struct ConnectionEnds {
  /// Of connections that it made itself.
  private var locals: Set<SocketAddress> = []
  private var remotes: Set<SocketAddress> = []
  private var names: Set<String> = []
  /// How many descriptors each pipe has here, by name.
  private var pipes: [String: Int] = [:]

  init(_ view: ProcessView, _ trace: Trace) {
    for descriptor in view.own where !CallName.accepts(trace.callName(descriptor.call)) {
      if let local = descriptor.detail?.local { locals.insert(local) }
      if let remote = descriptor.detail?.remote { remotes.insert(remote) }
      // Both ends of a unix connection carry the name of the listener's.
      if descriptor.kind == .unix, !descriptor.isListening, let name = descriptor.detail?.text {
        names.insert(name)
      }
    }
    for list in [view.own, view.inherited, view.unseen] {
      for descriptor in list where descriptor.kind == .pipe {
        if let name = descriptor.detail?.text { pipes[name, default: 0] += 1 }
      }
    }
  }

  /// True when nothing else here is of that pipe.
  func isOnlyEnd(_ pipe: Descriptor) -> Bool {
    pipe.detail?.text.map { pipes[$0] == 1 } ?? false
  }

  /// True when the client of an accepted connection is this process itself.
  func haveClient(of accepted: Descriptor) -> Bool {
    accepted.detail?.remote.map(locals.contains) == true
  }

  /// True when the other end of an accepted connection is here, too, as far as that is known.
  func haveOther(of accepted: Descriptor) -> Bool {
    haveClient(of: accepted)
      || accepted.detail?.local.map(remotes.contains) == true
      || accepted.detail?.text.map(names.contains) == true
  }
}
