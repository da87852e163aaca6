import LeakAnalysis
import TraceModel

/// The calls of the audit with their stacks and fingerprints, each of which is made once:
/// many programs keep what was opened in a few places.
struct ResolvedCalls {
  private let resolver: StackResolver
  private let fingerprints: [Place: String]

  private struct Place: Hashable {
    var api: String
    var stack: StackNumber
  }

  init(_ audit: InheritanceAudit, _ resolver: StackResolver) {
    self.resolver = resolver
    var places: Set<Place> = []
    for row in audit.rows {
      places.insert(Place(api: row.opened.api, stack: row.opened.stack))
      places.insert(Place(api: row.start.api, stack: row.start.stack))
      for handle in row.handles {
        places.insert(Place(api: handle.made.api, stack: handle.made.stack))
      }
    }
    var fingerprints: [Place: String] = [:]
    for place in places where place.stack != 0 {
      fingerprints[place] =
        resolver.fingerprint(api: place.api, at: place.stack).description
    }
    self.fingerprints = fingerprints
  }

  func call(_ found: InheritanceAudit.Call) -> Report.Call {
    var call = call(found.api, found.stack)
    call.site = found.site
    call.atNs = found.atNs
    call.thread = found.thread
    return call
  }

  func call(_ start: InheritanceAudit.Start) -> Report.Call {
    var call = call(start.api, start.stack)
    call.atNs = start.atNs
    return call
  }

  private func call(_ api: String, _ stack: StackNumber) -> Report.Call {
    var call = Report.Call(api: api, stack: resolver.stack(stack))
    call.fingerprint = fingerprints[Place(api: api, stack: stack)]
    return call
  }
}
