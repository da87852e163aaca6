import SystemPackage
import TraceModel

/// Asks the kernel for the TCP sockets of processes that run (sock_diag(7)). It takes no more than
/// the right to read their links.
///
/// What is told of a number is of a socket that the process had under it before and after: one
/// that came or went meanwhile is left out. So are processes in other network namespaces, whose
/// sockets the kernel does not tell here.
public enum ConnectionLook {
  /// - Parameter wanted: numbers of descriptors, by pid; the result's are among them.
  public static func sights(of wanted: [Int: [Int]]) -> [Int: [Int: ConnectionSight]] {
    guard var diagnostics = try? SockDiag() else { return [:] }
    return sights(of: wanted, in: "/proc") { table, handle throws(Errno) in
      try diagnostics.forEach(in: table, handle)
    }
  }

  /// - Parameter root: where proc(5) is mounted.
  static func sights(
    of wanted: [Int: [Int]], in root: String, from ask: SocketCatalogue.Source
  ) -> [Int: [Int: ConnectionSight]] {
    guard let network = ProcFolder.ownNetwork else { return [:] }
    let holders = wanted.compactMap { pid, numbers in
      HeldSockets(of: pid, numbers, in: root, network: network)
    }
    let inodes = Set(holders.lazy.flatMap(\.inodes.values))
    guard !inodes.isEmpty else { return [:] }
    let known = connections(inodes, from: ask)
    var sights: [Int: [Int: ConnectionSight]] = [:]
    for holder in holders {
      sights[holder.pid] = holder.unchanged.compactMapValues { known[$0] }
    }
    return sights
  }

  private static func connections(
    _ wanted: Set<UInt64>, from ask: SocketCatalogue.Source
  ) -> [UInt64: ConnectionSight] {
    var known: [UInt64: ConnectionSight] = [:]
    for table in SocketTable.all where table.isTCP {
      var found: [UInt64: ConnectionSight?] = [:]
      do throws(Errno) {
        try ask(table) { record in
          guard wanted.contains(record.inode) else { return }
          // Told twice it was moving, and nobody knows which came last.
          found[record.inode] = .some(
            found.keys.contains(record.inode) ? nil : ConnectionSight(record))
        }
      } catch {
        continue
      }
      known.merge(found.compactMapValues { $0 }) { old, _ in old }
    }
    return known
  }
}

/// The sockets that a process has under numbers that are asked for.
private final class HeldSockets {
  let pid: Int
  let inodes: [Int: UInt64]
  private let process: ProcFolder

  /// Nil where they may not be read, or the kernel would not tell of them.
  init?(of pid: Int, _ numbers: [Int], in root: String, network: String) {
    guard let process = try? ProcFolder(path: "\(root)/\(pid)"),
      (try? process.link("ns/net")) == network
    else { return nil }
    var inodes: [Int: UInt64] = [:]
    for fd in numbers { inodes[fd] = process.socket(under: fd) }
    self.pid = pid
    self.inodes = inodes
    self.process = process
  }

  /// Those that it has now as well.
  var unchanged: [Int: UInt64] { inodes.filter { process.socket(under: $0.key) == $0.value } }
}

extension ProcFolder {
  /// The inode of the socket that a descriptor leads to.
  fileprivate borrowing func socket(under fd: Int) -> UInt64? {
    guard let link = try? link(ofDescriptor: fd), case .socket(let inode) = DescriptorLink(link)
    else { return nil }
    return inode
  }
}

extension ConnectionSight {
  fileprivate init?(_ record: SocketRecord) {
    guard record.kind == .tcp, let state = record.facts.state else { return nil }
    self.init(inode: record.inode, state: state)
    local = record.facts.local
    remote = record.facts.remote
    quietNs = record.facts.idleMs.map { UInt64($0) * 1_000_000 }
  }
}
