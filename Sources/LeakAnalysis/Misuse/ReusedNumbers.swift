import TraceModel

/// Closes of numbers that belonged to another opener by then. The victims of one may meet EBADF in
/// several calls: it is one finding, with the call that met it first.
struct ReusedNumbers {
  private struct Culprit: Hashable {
    var process: Int
    var stack: StackNumber
    var openedAt: StackNumber?
  }

  private(set) var findings: [Misuse] = []
  private var noticed: [UInt64] = []
  private var indices: [Culprit: Int] = [:]

  /// - Parameter ticks: when a victim first met EBADF.
  mutating func add(_ finding: Misuse, noticed ticks: UInt64) {
    let culprit = Culprit(
      process: finding.process, stack: finding.stack, openedAt: finding.openedAt)
    guard let index = indices[culprit] else {
      indices[culprit] = findings.count
      findings.append(finding)
      noticed.append(ticks)
      return
    }
    var first = findings[index]
    if ticks < noticed[index] {
      (first, noticed[index]) = (finding, ticks)
    }
    // Of the same closes, perhaps: not one is counted twice.
    first.count = max(finding.count, findings[index].count)
    let fds = (finding.fds, findings[index].fds)
    first.fds =
      min(fds.0.lowerBound, fds.1.lowerBound)...max(fds.0.upperBound, fds.1.upperBound)
    findings[index] = first
  }
}
