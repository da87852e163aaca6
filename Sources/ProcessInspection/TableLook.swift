import TraceModel

/// Asks the kernel for the tables of descriptors of processes that run, as far as those may be
/// read.
public enum TableLook {
  /// - Parameter known: numbers that need not be looked at one by one, by pid.
  public static func sights(of known: [Int: Set<Int>], in root: String = "/proc") -> [Int:
    TableSight]
  {
    var sights: [Int: TableSight] = [:]
    for (pid, known) in known { sights[pid] = sight(of: pid, known, in: root) }
    return sights
  }

  private static func sight(of pid: Int, _ known: Set<Int>, in root: String) -> TableSight? {
    guard let process = try? ProcFolder(path: "\(root)/\(pid)"),
      let numbers = try? process.numbers(in: "fd"), !numbers.isEmpty || known.isEmpty
    else { return nil }
    let open = Set(numbers)
    guard !open.isSubset(of: known) else { return TableSight(open: open) }
    // By the look that tells most: there are few such, or something is badly amiss.
    // What can't be looked at is not taken for nothing.
    guard
      let descriptors = try? Inspector(root: root).inspect(pid, searchesOthers: false).descriptors
    else { return nil }
    let unknown = descriptors.filter { open.contains($0.fd) && !known.contains($0.fd) }
    return TableSight(open: open, unknown: unknown.map(DescriptorSight.init))
  }
}

extension DescriptorSight {
  init(_ descriptor: OpenDescriptor) {
    self.init(fd: descriptor.fd, kind: descriptor.kind)
    name = descriptor.name
    if descriptor.kind == .tcp { tcpState = descriptor.socket?.state }
    (local, remote) = (descriptor.socket?.local, descriptor.socket?.remote)
  }
}
