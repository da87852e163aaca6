import Glibc
import SystemPackage
import TraceModel

/// What a process had open at one moment.
struct DescriptorSample {
  /// Nil when they may not be read.
  var descriptors: [OpenDescriptor]?
  var count: Int?
  var catalogue: SocketCatalogue
  var isInOtherNetwork = false
  var unseen: [Unseen] = []

  /// Throws ESRCH or ENOENT when the process has ended.
  init(_ task: borrowing LiveTask) throws(Errno) {
    let reader: DescriptorReader
    do throws(Errno) {
      reader = try DescriptorReader(task.folder)
    } catch {
      guard error == .permissionDenied || error == .notPermitted else { throw error }
      // Who may list the folder may still not be permitted to read its links. Else its size
      // is their number, since Linux 6.2.
      let size = Int(clamping: try task.folder.status(of: "fd").size)
      count = (try? task.folder.numbers(in: "fd").count) ?? (size > 0 ? size : nil)
      catalogue = SocketCatalogue(of: [], from: nil, process: task.folder)
      unseen = [.descriptors(errno: error.rawValue)]
      return
    }
    if let reason = reader.blindness {
      unseen.append(.details(count: reader.blind, errno: reason.rawValue))
    }
    var descriptors = reader.descriptors
    let sockets = Set(descriptors.filter { $0.link.hasPrefix("socket:") }.compactMap(\.inode))
    let network = NetworkNamespace(task.folder)
    isInOtherNetwork = network.isOther
    if let refusal = network.refusal, !sockets.isEmpty {
      unseen.append(.otherNetwork(errno: refusal.rawValue))
    }
    catalogue = network.withDiagnostics { source in
      SocketCatalogue(of: sockets, from: source, process: task.folder)
    }
    unseen += catalogue.unseen
    for index in descriptors.indices where descriptors[index].link.hasPrefix("socket:") {
      guard let inode = descriptors[index].inode, let record = catalogue.sockets[inode] else {
        descriptors[index].setProtocol(task.folder)
        continue
      }
      descriptors[index].kind = record.kind
      descriptors[index].socket = record.facts
      if record.kind == .unix {
        descriptors[index].socket?.isUnlinked = Self.isUnlinked(record, catalogue, task.folder)
      }
      if case .unix(let name)? = record.facts.local { descriptors[index].name = name }
    }
    self.descriptors = descriptors
    count = descriptors.count
  }

  /// Whether the path that a unix socket was bound to leads to it no more; nil when that is not
  /// known.
  private static func isUnlinked(
    _ record: SocketRecord, _ catalogue: SocketCatalogue, _ process: borrowing ProcFolder
  ) -> Bool? {
    guard !record.facts.isAbstract, case .unix(let path)? = record.facts.local else { return nil }
    let bound = record.boundInode
    guard path.hasPrefix("/") else {
      // Relative to where the process was then, which nobody remembers.
      let found = try? process.status(of: "cwd/" + path)
      return found.map { UInt32(truncatingIfNeeded: $0.inode) } == bound && bound != nil
        ? false : nil
    }
    do throws(Errno) {
      let found = try process.status(of: path, inRoot: "root")
      let inode = UInt32(truncatingIfNeeded: found.inode)
      if found.kind != .socket { return true }
      if inode == bound { return false }
      // The socket that is there now, if it is one that somebody has open.
      return bound != nil && catalogue.boundInodes.contains(inode) ? true : nil
    } catch {
      return error == .noSuchFileOrDirectory || error == .notDirectory ? true : nil
    }
  }
}

/// The network namespace of a process, and how its sockets can be asked for.
private struct NetworkNamespace: ~Copyable {
  let isOther: Bool
  /// Why sock_diag(7) does not tell of it.
  private(set) var refusal: Errno?
  private var diagnostics: SockDiag?

  init(_ process: borrowing ProcFolder) {
    let own = ProcFolder.ownNetwork
    let its = try? process.link("ns/net")
    isOther = own != nil && its != nil && own != its
    do throws(Errno) {
      guard its != nil else { throw .noSuchProcess }
      if isOther {
        let network = try process.open("ns/net")
        defer { close(network) }
        diagnostics = try SockDiag(network: network)
      } else {
        diagnostics = try SockDiag()
      }
    } catch {
      diagnostics = nil
      refusal = isOther ? error : nil
    }
  }

  consuming func withDiagnostics<Result>(_ body: (SocketCatalogue.Source?) -> Result) -> Result {
    guard var socket = diagnostics.take() else { return body(nil) }
    return body { table, handle throws(Errno) in try socket.forEach(in: table, handle) }
  }
}
