import TraceModel

/// Folders that list the descriptors of the process that reads them: the one that reads has a
/// number there, too, and is closed when it comes to those that were listed. Who goes through all
/// of them to close or flag them fails on that one, and means no harm.
struct OwnListings {
  private struct Opening: Hashable {
    var process: Int
    var stack: StackNumber
    var fd: Int
  }

  /// Those that the tables still tell of: their numbers may have been given to others.
  private var openings: Set<Opening> = []
  /// What else has a name there.
  private var others: Set<Opening> = []

  init(_ trace: Trace) {
    let suspects = Set(trace.misuses.lazy.filter(Self.mayComeOf).map(\.process))
    for process in trace.processes where suspects.contains(process.id) {
      for descriptor in process.descriptors where descriptor.detail?.text != nil {
        let opening = Opening(process: process.id, stack: descriptor.stack, fd: descriptor.fd)
        if Self.isListing(descriptor, of: process) {
          openings.insert(opening)
        } else {
          others.insert(opening)
        }
      }
    }
  }

  /// Whether `misuse` was done to the number of such a folder. `closedir` means the folder itself:
  /// that is a second close.
  func explain(_ misuse: MisuseRecord, by api: String) -> Bool {
    Self.mayComeOf(misuse) && api != "closedir" && Self.has(misuse, in: openings)
  }

  /// Whether it was done to the number of another folder.
  func contradict(_ misuse: MisuseRecord) -> Bool { Self.has(misuse, in: others) }

  private static func has(_ misuse: MisuseRecord, in openings: Set<Opening>) -> Bool {
    [misuse.fds.lowerBound, misuse.fds.upperBound].contains {
      openings.contains(
        Opening(process: misuse.process, stack: misuse.opened.stack, fd: $0))
    }
  }

  private static func mayComeOf(_ misuse: MisuseRecord) -> Bool {
    misuse.kind == .closeAgain || misuse.kind == .useClosed
  }

  private static func isListing(_ descriptor: Descriptor, of process: TracedProcess) -> Bool {
    guard let detail = descriptor.detail, !detail.isCut, let path = detail.text else {
      return false
    }
    let folders = ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd", "/proc/\(process.pid)/fd"]
    return folders.contains { path == $0 || path == $0 + "/" }
  }
}
