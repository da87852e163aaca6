import ProcessInspection
import TraceModel

extension Redaction {
  /// What was found out about a running process, as it may be shown.
  public func redacted(_ inspection: Inspection) -> Inspection {
    guard !scope.isEmpty else { return inspection }
    var redactor = Redactor(scope, Pseudonyms(key: key))
    var inspection = inspection
    redactor.redact(&inspection)
    inspection.redacted = scope.names
    return inspection
  }
}

extension Redactor {
  /// Hides what the scope tells in each value. Sentences are made of these later.
  fileprivate mutating func redact(_ inspection: inout Inspection) {
    redact(&inspection.process)
    if var descriptors = inspection.descriptors {
      for index in descriptors.indices { redact(&descriptors[index]) }
      inspection.descriptors = descriptors
      // Their subjects are made of texts of descriptors.
      inspection.groups = DescriptorGroup.groups(of: descriptors)
    }
    for index in inspection.findings.indices {
      inspection.findings[index] = redacted(inspection.findings[index])
    }
  }

  private mutating func redact(_ process: inout ProcessIdentity) {
    let exe = process.executable
    process.arguments = arguments(process.arguments, exe: exe)
    process.executable = exe.map { path($0) }
    let shown = process.executable.map(Self.lastPart)
    // The kernel cuts its name of a program after 15 bytes.
    let isOfProgram = exe.map { Self.lastPart($0).hasPrefix(process.name) } ?? false
    let name = process.name
    process.name = isOfProgram ? shown ?? programName(name) : programName(name)
    renamed[process.process] = (name, process.name)
  }

  /// The kernel's short name of a program, of which nothing else is known.
  private mutating func programName(_ name: String) -> String {
    renamed.values.first { $0.old == name }?.new ?? path(name)
  }

  private mutating func redact(_ descriptor: inout OpenDescriptor) {
    let kind = descriptor.kind.name
    descriptor.name = descriptor.name.map { name($0, kind: kind) }
    descriptor.link = path(descriptor.link)
    if var socket = descriptor.socket {
      socket.local = socket.local.map { redacted($0) }
      socket.remote = socket.remote.map { redacted($0) }
      descriptor.socket = socket
    }
    redact(&descriptor.sharers)
    redact(&descriptor.peers)
  }

  private mutating func redact(_ holders: inout [Holder]) {
    for index in holders.indices { holders[index].name = programName(holders[index].name) }
  }

  private mutating func redacted(_ address: SocketAddress) -> SocketAddress {
    switch address {
    case .ipv4, .ipv6, .other, .hidden: .hidden(socketName(address.description))
    case .unix(let path): .unix(socketName(path))
    case .unnamedUnix, .netlink: address
    }
  }

  private mutating func redacted(_ finding: InspectionFinding) -> InspectionFinding {
    switch finding {
    case .sharedListeners(var listeners, var holders):
      for index in listeners.indices {
        listeners[index].address = redacted(listeners[index].address)
      }
      redact(&holders)
      return .sharedListeners(listeners, holders: holders)
    case .sharedPort(let fd, let address, var holders):
      redact(&holders)
      return .sharedPort(fd: fd, address: redacted(address), holders: holders)
    case .fullBacklog(let fd, let address, let waiting, let limit):
      return .fullBacklog(fd: fd, address: redacted(address), waiting: waiting, limit: limit)
    case .peersClosed, .nearLimit, .growing, .deletedFiles, .unlinkedListeners, .pipesWithoutPeer,
      .staleWatches, .inFlight:
      return finding
    }
  }
}
