import Glibc
import TraceModel

extension Descriptor {
  var isListening: Bool {
    flags.contains(.listening) || detail?.tcpState == .listen
  }

  var isStandardStream: Bool { ProcessView.standardStreams.contains(fd) }

  /// By which a program may talk to a child that has the other end: of what has an address, that is
  /// with who listens there.
  var isChannel: Bool {
    (kind == .unix || kind == .pipe) && !isListening && detail?.form != .unixPath
  }

  /// The end of a pseudo-terminal that its program has, and not its user.
  var isTerminalMaster: Bool { kind == .pty && detail?.text?.hasSuffix("ptmx") == true }

  /// A duplicate of a device that has nothing to say: what for, if not to keep its number busy?
  var isPlaceholder: Bool { source != nil && isEmptyDevice }

  /// A file in which a runtime says what code it makes: somebody asked it to, to look into the
  /// program, which has no part in that.
  var isCodeMap: Bool {
    guard kind == .file, let name = detail?.text?.lastComponent else { return false }
    return name.hasPrefix("perf-") && name.hasSuffix(".map")
      || name.hasPrefix("isolate-0x") && name.hasSuffix("-v8.log")
  }

  /// One descriptor of it is as good as any other.
  var isEmptyDevice: Bool {
    kind == .file && (detail?.text == "/dev/null" || detail?.text == "/dev/zero")
  }

  /// Kernel objects of which an event loop keeps one.
  var isLoopObject: Bool {
    switch kind {
    case .epoll, .eventfd, .timerfd, .signalfd, .inotify: true
    default: false
    }
  }

  /// A socket at which others find the program: it listens, or receives
  /// datagrams, at an address that was chosen and not drawn by the kernel.
  var isService: Bool {
    guard isListening || (kind == .udp && detail?.remote == nil && detail?.local != nil) else {
      return false
    }
    guard let port = detail?.local?.port, port != 0 else { return isListening }
    return port < Self.firstEphemeralPort
  }

  /// The internet address at which it listens itself, and is no duplicate that does.
  var listeningAddress: SocketAddress? {
    guard isListening, source == nil, let local = detail?.local, local.port ?? 0 != 0 else {
      return nil
    }
    return local
  }

  /// A unix socket whose path was not there when somebody looked.
  var isUnlinked: Bool { detail?.unixState == .unlinked }

  /// The absolute path of a unix socket. Two sockets that have the same one were
  /// bound one after the other, and only the last can be reached.
  var unixPath: String? {
    guard let detail, detail.form == .unixPath, !detail.isCut, let path = detail.text,
      path.hasPrefix("/")
    else { return nil }
    return path
  }

  /// The kernel draws ports from here on (ip_local_port_range(7)'s default).
  private static let firstEphemeralPort: UInt16 = 32768

  /// The path, link or address that tells best what this is.
  var displayName: String? {
    guard let detail else { return nil }
    if detail.form == .link, let address = detail.remote ?? detail.local {
      return address.description
    }
    // Of a path that is too long, the end is kept.
    let text = detail.text.map { detail.isCut ? "…" + $0 : $0 }
    return text ?? detail.remote?.description ?? detail.local?.description
  }

  /// What is told of a unix socket is its name: that it listens is a flag of its own.
  var displayState: String? {
    detail?.tcpState?.description ?? detail?.unixState?.rawValue
      ?? (isListening ? "LISTEN" : nil)
  }

  /// The note when it tells of an error path that was left: a set-up that
  /// failed and was not done again, or a connection that broke.
  func failure(_ trace: Trace) -> Note? {
    guard let note, note.error != 0 else { return nil }
    let api = trace.callName(note.call).drop { $0 == "_" }
    switch api {
    case "connect", "bind", "listen":
      if Self.passing.contains(note.error) { return nil }
      // It was done again since, and worked. (`connected` says only that the
      // address of the peer is known.)
      return isListening || detail?.tcpState == .established ? nil : note
    case "getsockopt":
      // How a connect ended that went on by itself, or a connection.
      return kind == .udp || detail?.tcpState == .established ? nil : note
    case "setsockopt":
      // What could not be set hardly matters to a socket that was used all the same.
      let isUsed = isListening || flags.contains(.connected) || detail?.tcpState == .established
      return kind != .tcp || isUsed || detail?.local?.port ?? 0 != 0 ? nil : note
    case "fdopen", "IO_fdopen", "fdopendir": return note
    default:
      // For datagrams an error says something of one peer only.
      return kind != .udp && Self.breaks.contains(note.error) ? note : nil
    }
  }

  /// What failed on it had failed before, and that not longer before `endTicks` than it went on
  /// failing.
  func mayBeTriedAgain(by endTicks: UInt64) -> Bool {
    guard flags.contains(.retried), let note else { return false }
    let since = endTicks.subtractingWithSaturation(note.ticks)
    return since <= note.ticks.subtractingWithSaturation(openedTicks)
  }

  /// The latest call that is told of it ended by a timeout.
  func hasTimedOut(_ trace: Trace) -> Bool {
    note.map { CallName.isTimeout($0.error, of: trace.callName($0.call)) } ?? false
  }

  /// The peer closed and this side did not: a read found the end, or TCP waits.
  func isPeerClosed(_ trace: Trace) -> Bool {
    detail?.tcpState == .closeWait || hasReadEnd(trace)
  }

  /// A read found the peer's end, and nothing notable came later.
  func hasReadEnd(_ trace: Trace) -> Bool {
    guard kind == .tcp || kind == .unix, let note, note.error == 0 else { return false }
    return CallName.reads(trace.callName(note.call))
  }

  /// Who shut it down learnt that the peer had gone.
  func wasOverAtShutdown(_ trace: Trace) -> Bool {
    note.map { $0.error == ENOTCONN && trace.callName($0.call) == "shutdown" } ?? false
  }

  /// A read learnt that the peer has gone, and not in the way of a peer that closes.
  func wasReset(_ trace: Trace) -> Bool {
    note.map { $0.error == ECONNRESET && CallName.reads(trace.callName($0.call)) } ?? false
  }

  /// A pipe or connection whose other end nobody had any more when somebody looked. It may have
  /// been closed just then: the kernel does not tell.
  func isOtherEndGone(_ trace: Trace) -> Bool {
    let isGone =
      switch kind {
      case .unix, .pipe: detail?.isOtherEndOpen == false
      // What never came to be a connection is in this state, too, but nothing accepted.
      case .tcp: detail?.tcpState == .close && CallName.accepts(trace.callName(call))
      default: false
      }
    // Who has shut it down itself finds it so, whatever became of the peer.
    return isGone && note.map { $0.error == 0 && trace.callName($0.call) == "shutdown" } != true
  }

  /// A failure to connect that is none: it goes on, or is to be tried again.
  private static let passing: Set<Int32> = [EINPROGRESS, EALREADY, EINTR, EISCONN, EAGAIN]
  /// What ends a connection, or can never work with this descriptor.
  private static let breaks: Set<Int32> = [
    ECONNRESET, EPIPE, ETIMEDOUT, ENOTCONN, ECONNREFUSED, EHOSTUNREACH, ENETUNREACH,
    ECONNABORTED, EISDIR,
  ]
}

extension SocketAddress {
  /// 0 of a socket that has none yet; nil of other families.
  fileprivate var port: UInt16? {
    switch self {
    case .ipv4(_, let port), .ipv6(_, let port, _): port
    default: nil
    }
  }
}
