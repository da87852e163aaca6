/// Wrong uses that read alike: two closes on one line, each of them again and again, are two stacks
/// and one mistake.
enum AlikeMisuses {
  /// Each with all that read as it does, with the stacks of the first.
  static func joined(_ misuses: [Report.Misuse]) -> [Report.Misuse] {
    var joined: [Report.Misuse] = []
    var indices: [Report.Misuse.Reading: Int] = [:]
    for misuse in misuses {
      let reading = Report.Misuse.Reading(misuse)
      let index = indices[reading, default: joined.endIndex]
      if index == joined.endIndex {
        indices[reading] = index
        joined.append(misuse)
      } else {
        joined[index].count = joined[index].count.addingWithSaturation(misuse.count)
      }
    }
    return joined
  }
}

extension Report.Misuse {
  /// All that is told of one but how often it was done. Its fingerprint has the kind in it.
  struct Reading: Hashable {
    private var fingerprint: String
    private var process: Int?
    private var fds: [Int]
    private var places: [String?]

    init(_ misuse: Report.Misuse) {
      (fingerprint, process) = (misuse.fingerprint, misuse.process)
      fds = [misuse.fd, misuse.lastFd]
      places = [misuse.stack, misuse.openedAt, misuse.closedAt, misuse.noticedAt].map {
        $0?.focus?.phrase
      }
    }

    /// The same, whichever process did it.
    var ofAnyProcess: Self {
      var reading = self
      reading.process = nil
      return reading
    }

    /// The same, to whatever numbers: other processes have others.
    var ofAnyNumbers: Self {
      var reading = self
      reading.fds = []
      return reading
    }

    /// The first, second and so on of a process that reads so but for its numbers.
    struct Turn: Hashable {
      var reading: Reading
      var number: Int
    }
  }
}
