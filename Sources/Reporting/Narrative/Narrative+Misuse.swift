extension Narrative {
  /// A wrong close or use, how many processes do it, and whether all do it to the same numbers.
  typealias MisusePlace = (first: Report.Misuse, processes: Int, sameNumbers: Bool)

  /// Wrong closes and uses, one sentence for each place.
  var misuse: [String] { misusePlaces.map(sentence) }

  /// The first of those that differ in their process and its numbers alone, and how many processes
  /// have such. What one process does to several numbers are several.
  var misusePlaces: [MisusePlace] {
    var places: [MisusePlace] = []
    var indices: [Report.Misuse.Reading.Turn: Int] = [:]
    var turns: [Report.Misuse.Reading: Int] = [:]
    var told: Set<Report.Misuse.Reading> = []
    for misuse in report.misuse {
      let reading = Report.Misuse.Reading(misuse)
      guard told.insert(reading).inserted else { continue }
      turns[reading.ofAnyNumbers, default: 0] += 1
      let turn = Report.Misuse.Reading.Turn(
        reading: reading.ofAnyNumbers.ofAnyProcess, number: turns[reading.ofAnyNumbers] ?? 0)
      let index = indices[turn, default: places.endIndex]
      if index == places.endIndex {
        indices[turn] = index
        places.append((misuse, 0, true))
      }
      let first = places[index].first
      places[index].processes += 1
      if (misuse.fd, misuse.lastFd) != (first.fd, first.lastFd) {
        places[index].sameNumbers = false
      }
    }
    return places
  }

  func sentence(_ place: MisusePlace) -> String {
    guard place.processes > 1 else { return sentence(place.first) }
    let others = Wording.count(place.processes - 1, "more process", "more processes")
    let what = place.sameNumbers ? "" : ", with other fds"
    return sentence(place.first) + " So \(place.processes == 2 ? "does" : "do") \(others)\(what)."
  }

  func sentence(_ misuse: Report.Misuse) -> String {
    let number =
      misuse.fd == misuse.lastFd ? "fd \(misuse.fd)" : "fds \(misuse.fd) to \(misuse.lastFd)"
    let place = misuse.stack.placePhrase
    let times = misuse.count == 1 ? "" : ", \(misuse.count) times"
    let call = misuse.api.isEmpty ? "a call" : "\(misuse.api)()"
    let what =
      switch misuse.kind {
      case "double_close": "closes \(number) again"
      case "close_never_opened": "closes \(number), which was never open"
      case "close_of_reused_fd": "closes \(number) a second time"
      case "owned_close": "closes \(number) with \(call) under the stream that owns it"
      case "cut_message":
        "takes a message from \(number) with less room than its control data needs (MSG_CTRUNC),"
          + " so the kernel closed what descriptors were left over,"
      case "use_after_close": "calls \(call) on \(number) after it was closed"
      default: "\(misuse.kind.replacing("_", with: " ")) of \(number)"
      }
    return "\(label(misuse.process)) \(what)\(place)\(times)\(history(of: misuse))."
  }

  private func history(of misuse: Report.Misuse) -> String {
    func clause(_ words: String, _ stack: Report.Stack?) -> String {
      stack?.focus.map { "; \(words) \($0.phrase)" } ?? ""
    }
    guard misuse.kind == "close_of_reused_fd" else {
      return clause("opened", misuse.openedAt) + clause("closed before", misuse.closedAt)
    }
    return ", when it belongs to another opener" + clause("its own was closed", misuse.closedAt)
      + clause("the other one was opened", misuse.openedAt)
      + clause("and missed", misuse.noticedAt)
  }
}
