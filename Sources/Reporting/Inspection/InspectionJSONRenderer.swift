import ProcessInspection
import TraceModel

/// Renders an inspection as JSON of the schema `fdtrack-pid/1`, see `docs/pid.md`: every key is
/// always there, in alphabetical order.
public struct InspectionJSONRenderer: Sendable {
  /// The schema's name; its keys are stable, more may be added under the same name.
  public static let schema = "fdtrack-pid/1"

  public init() {}

  /// Hands the document on in blocks; ends early when `output` returns false. A newline ends it.
  public func render(
    _ inspection: Inspection, to output: @escaping (UnsafeRawBufferPointer) -> Bool
  ) {
    let narrative = InspectionNarrative(inspection)
    var json = JSONWriter(to: output)
    json.object { json in
      json.member("count", inspection.count)
      json.member("fds", orNull: inspection.descriptors) { $0.array($1, descriptor) }
      json.member("findings", inspection.findings) { json, finding in
        json.object {
          $0.member("fds", finding.fds) { $0.write($1) }
          $0.member("holders", finding.holders, holder)
          $0.member("kind", finding.name)
          $0.member("text", narrative.sentence(finding))
        }
      }
      json.member("groups", inspection.groups, group)
      json.member("growth", orNull: inspection.growth) { json, growth in
        json.object { self.growth(growth, limit: inspection.limit?.soft, &$0) }
      }
      json.member("headline", narrative.headline)
      json.member("limit") {
        $0.member("hard", inspection.limit?.hard)
        $0.member("soft", inspection.limit?.soft)
      }
      json.member("process") { process(inspection, &$0) }
      json.member("redacted", inspection.redacted)
      json.member("schema", Self.schema)
      json.member("searched_others", inspection.searchedOthers)
      json.member("unseen", inspection.unseen) { json, unseen in
        json.object {
          $0.member("errno", unseen.errno)
          $0.member("kind", unseen.name)
          $0.member("text", narrative.sentence(unseen))
        }
      }
    }
    json.end()
  }

  private func process(_ inspection: Inspection, _ json: inout JSONWriter) {
    let process = inspection.process
    json.member("age_ns", process.ageNs)
    json.member("argv", process.arguments)
    json.member("ended_meanwhile", process.endedMeanwhile)
    json.member("exe", process.executable)
    json.member("lost_its_leader", process.hasLostItsLeader)
    json.member("name", process.name)
    json.member("other_network_namespace", process.isInOtherNetwork)
    json.member("parent", process.parent)
    json.member("pid", process.process)
    json.member("start_ticks", process.startTicks)
    json.member("thread", process.isThread ? process.pid : nil)
    json.member("threads", process.threads)
    json.member("threads_apart", inspection.threadsApart) { $0.write($1) }
    json.member("user", process.user)
  }

  private func group(_ json: inout JSONWriter, _ group: DescriptorGroup) {
    json.object {
      $0.member("count", group.count)
      $0.member("kind", group.key.kind.name)
      $0.member("state", group.key.state)
      $0.member("subject", orNull: group.subject) { json, subject in
        json.object {
          $0.member("count", subject.count)
          $0.member("text", subject.text)
        }
      }
    }
  }

  private func growth(_ growth: DescriptorGrowth, limit: UInt64?, _ json: inout JSONWriter) {
    json.member("change", growth.change)
    json.member("closed", growth.closed)
    json.member("groups", growth.changes) { json, change in
      json.object {
        $0.member("from", change.from)
        $0.member("kind", change.key.kind.name)
        $0.member("state", change.key.state)
        $0.member("to", change.to)
      }
    }
    json.member("limit_in_ns", limit.flatMap(growth.timeNs))
    json.member("opened", growth.opened)
    json.member("over_ns", growth.overNs)
    json.member("per_hour", growth.perHour)
    json.member("samples", growth.samples) { json, sample in
      json.object {
        $0.member("at_ns", sample.atNs)
        $0.member("count", sample.count)
      }
    }
  }

  private func descriptor(_ json: inout JSONWriter, _ descriptor: OpenDescriptor) {
    json.object { json in
      json.member("access", descriptor.access?.rawValue)
      json.member("allocated", descriptor.allocated)
      json.member("cloexec", descriptor.closesOnExec)
      json.member("deleted", descriptor.isDeleted)
      json.member("fd", descriptor.fd)
      json.member("flags", descriptor.flags)
      json.member("in_flight", descriptor.inFlight)
      json.member("inode", descriptor.inode)
      json.member("kind", descriptor.kind.name)
      json.member("link", descriptor.link)
      json.member("name", descriptor.name)
      json.member("peers", descriptor.peers, holder)
      json.member("position", descriptor.position)
      json.member("sharers", descriptor.sharers, holder)
      json.member("socket", orNull: descriptor.socket) { json, socket in
        json.object { self.socket(socket, &$0) }
      }
      json.member("special", orNull: descriptor.facts) { $0.write(special($1)) }
      json.member("state", descriptor.state)
    }
  }

  private func socket(_ socket: SocketFacts, _ json: inout JSONWriter) {
    json.member("abstract", socket.isAbstract)
    // Two names for one column of the kernel: of listeners it is the queue of connections.
    json.member("backlog_limit", socket.isListener ? socket.sendQueue : nil)
    json.member("backlog_waiting", socket.isListener ? socket.receiveQueue : nil)
    json.member("idle_ms", socket.idleMs)
    json.member("local", socket.local?.description)
    json.member("peer_closed", socket.peerHasClosed)
    json.member("peer_inode", socket.peer)
    json.member("protocol", socket.protocolName)
    json.member("receive_queue", socket.isListener ? nil : socket.receiveQueue)
    json.member("remote", socket.remote?.description)
    json.member("send_queue", socket.isListener ? nil : socket.sendQueue)
    json.member("tcp_state", socket.state?.description)
    json.member("unlinked", socket.isUnlinked)
    json.member("user", socket.user)
  }

  /// One object for each sort, of which only the kind tells which keys it has.
  private func special(_ facts: SpecialFacts) -> JSONValue {
    switch facts {
    case .eventfd(let count, let isSemaphore):
      .object(["count": .init(count), "semaphore": .init(isSemaphore)])
    case .timerfd(let timer):
      .object([
        "clock": .init(timer.clock), "expirations": .init(timer.expirations),
        "interval_ns": .init(timer.intervalNs), "remaining_ns": .init(timer.remainingNs),
      ])
    case .epoll(let epoll):
      .object([
        "complete": .init(epoll.isWhole), "stale": .array(epoll.stale.map { .init($0) }),
        "watches": .init(epoll.watches),
      ])
    case .watches(let count): .object(["watches": .init(count)])
    case .signalfd(let signals): .object(["signals": .array(signals.map { .init($0) })])
    case .pidfd(let pid): .object(["pid": .init(pid)])
    case .ioUring(let files): .object(["registered_files": .init(files)])
    }
  }

  private func holder(_ json: inout JSONWriter, _ holder: Holder) {
    json.object {
      $0.member("fds", holder.fds) { $0.write($1) }
      $0.member("name", holder.name)
      $0.member("pid", holder.pid)
    }
  }
}
