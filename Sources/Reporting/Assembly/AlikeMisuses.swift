/// Wrong uses that read alike: two closes on one line, each of them again and again, are two stacks
/// and one mistake.
enum AlikeMisuses {
  /// Each with all that read as it does, with the stacks of the first.
  static func joined(_ misuses: [Report.Misuse]) -> [Report.Misuse] {
    var joined: [Report.Misuse] = []
    var indices: [Reading: Int] = [:]
    for misuse in misuses {
      let index = indices[Reading(misuse), default: joined.endIndex]
      if index == joined.endIndex {
        indices[Reading(misuse)] = index
        joined.append(misuse)
      } else {
        joined[index].count = joined[index].count.addingWithSaturation(misuse.count)
      }
    }
    return joined
  }

  /// All that is told of one but how often it was done. Its fingerprint has the kind in it.
  private struct Reading: Hashable {
    var fingerprint: String
    var process: Int
    var fds: [Int]
    var places: [String?]

    init(_ misuse: Report.Misuse) {
      (fingerprint, process) = (misuse.fingerprint, misuse.process)
      fds = [misuse.fd, misuse.lastFd]
      places = [misuse.stack, misuse.openedAt, misuse.closedAt, misuse.noticedAt].map {
        $0?.focus?.phrase
      }
    }
  }
}
