import SystemPackage
import TraceModel

/// The sockets of a network namespace, as far as an inspection needs them.
struct SocketCatalogue {
  /// Those that were asked for, by inode.
  private(set) var sockets: [UInt64: SocketRecord] = [:]
  /// All tcp listeners: which inodes listen where.
  private(set) var listeners: [SocketAddress: Set<UInt64>] = [:]
  /// Connections between two sockets of this machine, by both ends as one of them sees it.
  private(set) var localConnections: [Ends: UInt64] = [:]
  /// The files that unix sockets are bound to, the lower 32 bits of their inodes.
  private(set) var boundInodes: Set<UInt32> = []
  /// What could not be read.
  private(set) var unseen: [Unseen] = []

  struct Ends: Hashable {
    var local: SocketAddress
    var remote: SocketAddress

    /// A socket of IPv6 that is connected over IPv4 has a peer that knows nothing of IPv6.
    init(local: SocketAddress, remote: SocketAddress) {
      self.local = local.withoutMapping
      self.remote = remote.withoutMapping
    }

    var reversed: Ends { Ends(local: remote, remote: local) }
  }

  /// Connections that are remembered for finding the other end; a proxy may have many.
  private static let connectionLimit = 1 << 18

  /// Reads all sockets of a table, or throws and may have handed on some.
  typealias Source = (SocketTable, (SocketRecord) -> Void) throws(Errno) -> Void

  /// Reads tables until all of `wanted` are found.
  ///
  /// - Parameters:
  ///   - diagnostics: sock_diag(7); nil where it cannot be had.
  ///   - process: whose tables of /proc are read for what it does not tell.
  init(
    of wanted: Set<UInt64>, from diagnostics: Source?, process: borrowing ProcFolder
  ) {
    for table in SocketTable.all where !wanted.isSubset(of: sockets.keys) {
      var refusal = Errno.noFunction
      if let diagnostics {
        do throws(Errno) {
          var records: [SocketRecord] = []
          try diagnostics(table) { keep($0, wanted, in: &records) }
          add(records)
          continue
        } catch {
          refusal = error
        }
      }
      readFile(of: table, wanted, process, refusal: diagnostics == nil ? nil : refusal)
    }
  }

  /// Reads the table's file below /proc instead.
  private mutating func readFile(
    of table: SocketTable, _ wanted: Set<UInt64>, _ process: borrowing ProcFolder, refusal: Errno?
  ) {
    guard let file = table.file else { return }
    let contents: ProcFolder.Contents
    do throws(Errno) {
      contents = try process.contents(of: "net/\(file)", limit: Self.fileLimit)
    } catch {
      // A kernel without this sort has neither, and no sockets of it.
      if error != .noSuchFileOrDirectory {
        unseen.append(.sockets(family: table.name, errno: error.rawValue))
      }
      return
    }
    if let refusal, refusal != .noSuchFileOrDirectory {
      unseen.append(.socketDiagnostics(family: table.name, errno: refusal.rawValue))
    }
    var records: [SocketRecord] = []
    for line in contents.bytes.split(separator: UInt8(ascii: "\n")).dropFirst() {
      let text = Substring(decoding: line, as: UTF8.self)
      if let record = SocketRecord(line: text, of: table) { keep(record, wanted, in: &records) }
    }
    add(records, mayLie: true)
  }

  /// A hundred bytes a socket, and more of them than a machine holds.
  private static let fileLimit = 256 << 20

  private mutating func keep(
    _ record: SocketRecord, _ wanted: Set<UInt64>, in records: inout [SocketRecord]
  ) {
    guard record.inode != 0 else { return }
    if wanted.contains(record.inode) { records.append(record) }
    if let bound = record.boundInode { boundInodes.insert(bound) }
    guard record.kind == .tcp, let local = record.facts.local else { return }
    if record.facts.isListener {
      listeners[local, default: []].insert(record.inode)
    } else if let remote = record.facts.remote, localConnections.count < Self.connectionLimit,
      local.isLoopback || local.hasSameHost(as: remote)
    {
      localConnections[Ends(local: local, remote: remote)] = record.inode
    }
  }

  /// Enters records; of two lines that claim the same socket, one is a forged name.
  private mutating func add(_ records: [SocketRecord], mayLie: Bool = false) {
    var fresh: [UInt64: SocketRecord] = [:]
    for record in records {
      if mayLie, var known = fresh[record.inode], known != record {
        known.facts.local = nil
        fresh[record.inode] = known
      } else {
        fresh[record.inode] = record
      }
    }
    sockets.merge(fresh) { old, _ in old }
  }

  /// The inode of a connection's other end, when that is on this machine.
  func peer(of socket: SocketFacts) -> UInt64? {
    guard let local = socket.local, let remote = socket.remote else { return nil }
    return localConnections[Ends(local: local, remote: remote).reversed]
  }
}

extension SocketAddress {
  /// Of 127.0.0.0/8, ::1, or the former as IPv6 has it.
  fileprivate var isLoopback: Bool {
    switch self {
    case .ipv4(let address, _): address >> 24 == 127
    case .ipv6(let groups, _, _):
      groups == [0, 0, 0, 0, 0, 0, 0, 1]
        || (groups.prefix(6) == [0, 0, 0, 0, 0, 0xffff] && groups[6] >> 8 == 127)
    default: false
    }
  }

  fileprivate func hasSameHost(as other: SocketAddress) -> Bool {
    switch (self, other) {
    case (.ipv4(let one, _), .ipv4(let another, _)): one == another
    case (.ipv6(let one, _, _), .ipv6(let another, _, _)): one == another
    default: false
    }
  }
}
