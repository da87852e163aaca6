/// Addresses of code outside of any module, such as JIT code, by the processes
/// (`TracedProcess.id`) that were in it.
struct GeneratedAddresses {
  private(set) var byProcess: [Int: Set<UInt64>] = [:]
  /// A hostile trace could have others in each stack.
  private var left = 1 << 16

  /// Leaves out what there is no room for.
  mutating func add(_ addresses: Set<UInt64>, of process: Int) {
    guard !addresses.isEmpty, left > 0 else { return }
    let before = byProcess[process]?.count ?? 0
    byProcess[process, default: []].formUnion(addresses)
    left -= (byProcess[process]?.count ?? 0) - before
  }
}
