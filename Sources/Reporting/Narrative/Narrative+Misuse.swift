extension Narrative {
  /// A wrong close or use, and how many processes do it.
  typealias MisusePlace = (first: Report.Misuse, processes: Int)

  /// Wrong closes and uses, one sentence for each place.
  var misuse: [String] { misusePlaces.map(sentence) }

  /// The first of those that differ in their process alone, and how many processes have such.
  var misusePlaces: [MisusePlace] {
    var places: [(first: Report.Misuse, processes: Set<Int>)] = []
    var indices: [Report.Misuse.Reading: Int] = [:]
    for misuse in report.misuse {
      let reading = Report.Misuse.Reading(misuse).ofAnyProcess
      let index = indices[reading, default: places.endIndex]
      if index == places.endIndex {
        indices[reading] = index
        places.append((misuse, []))
      }
      places[index].processes.insert(misuse.process)
    }
    return places.map { ($0.first, $0.processes.count) }
  }

  func sentence(_ place: MisusePlace) -> String {
    guard place.processes > 1 else { return sentence(place.first) }
    let others = Wording.count(place.processes - 1, "more process", "more processes")
    return sentence(place.first) + " So \(place.processes == 2 ? "does" : "do") \(others)."
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
