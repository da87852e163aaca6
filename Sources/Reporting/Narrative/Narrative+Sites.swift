import LeakAnalysis

extension Narrative {
  /// `40 tcp sockets from socket() in dial at client.c:38`
  func title(of site: Report.Site) -> String {
    let place = Self.place(of: site)
    if site.verdict == .clean {
      let noun = Self.plural(site.kind, Int(clamping: site.opened))
      let rest = report.trace.lacksDescriptors ? "none known to be open" : "all closed"
      return "\(site.opened) \(noun) from \(site.api)()\(place), \(rest)"
    }
    if site.objects > 0 && site.objects < site.live {
      let files = "\(site.objects) \(Self.plural(site.kind, site.objects))"
      return "\(atLeast)\(site.live) descriptors of \(files) from \(site.api)()\(place)"
    }
    if site.live == 0 { return "0 of \(site.opened) \(Self.subject(of: site))" }
    return "\(atLeast)\(Self.count(of: site)) \(Self.subject(of: site))"
  }

  /// `40`, or `34 of 40` where the verdict does not speak of all that are open.
  static func count(of site: Report.Site) -> String {
    site.judged < site.live ? "\(site.judged) of \(site.live)" : "\(site.live)"
  }

  /// A line for each of those that are no finding: what is alike but for the way to the call is
  /// one line, in the place of the first.
  func briefly(_ sites: [Report.Site]) -> [String] {
    struct Alike: Hashable {
      var subject: String
      var reason: String?
    }
    func subject(_ site: Report.Site) -> String {
      // Duplicates, and what was closed, have titles of their own.
      site.verdict == .clean || (site.objects > 0 && site.objects < site.live)
        ? title(of: site) : Self.subject(of: site, count: 2)
    }
    var groups: [(first: Int, count: Int, live: Int)] = []
    var places: [Alike: Int] = [:]
    for index in sites.indices {
      let alike = Alike(subject: subject(sites[index]), reason: reason(of: sites[index]))
      let place = places[alike, default: groups.count]
      if place == groups.count {
        places[alike] = place
        groups.append((index, 0, 0))
      }
      groups[place].count += 1
      groups[place].live += sites[index].live
    }
    return groups.map { group in
      let first = sites[group.first]
      let reason = reason(of: first).map { ". \($0)" } ?? "."
      if group.count == 1 { return title(of: first) + reason }
      let subject = Self.subject(of: first, count: group.live)
      // Said of the only one of each.
      let ofEach = reason.hasPrefix(". It ") ? ". Each " + reason.dropFirst(5) : reason
      return "\(group.live) \(subject), in \(group.count) ways" + ofEach
    }
  }

  /// `tcp sockets from socket() in dial at client.c:38`
  static func subject(of site: Report.Site) -> String { subject(of: site, count: site.live) }

  /// The same of `count` of its descriptors.
  static func subject(of site: Report.Site, count: Int) -> String {
    var subject = Report.Subject(site)
    subject.live = count
    return subject.title + site.stack.callerPhrase
  }

  private static func place(of site: Report.Site) -> String {
    site.stack.focus.map { " \($0.phrase)\(site.stack.callerPhrase)" } ?? ", stack not recorded"
  }

  /// `pid 790 (server)`.
  func label(_ process: Int) -> String {
    report.process(process)?.label ?? "process \(process) of the trace"
  }

  /// `tcp sockets`, `files`.
  static func plural(_ kind: String, _ count: Int) -> String {
    let noun =
      switch kind {
      case "tcp", "udp", "unix", "netlink": "\(kind) socket"
      case "dir": "directory"
      case "pipe": "pipe end"
      case "mqueue": "message queue"
      case "io_uring": "io_uring instance"
      case "perf_event": "perf event"
      case "bpf": "bpf object"
      case "kvm": "kvm object"
      case "dmabuf": "dma-buf"
      case "sync_file": "sync file"
      case "other", "unknown": "fd"
      default: kind
      }
    if count == 1 { return noun }
    // An abbreviation has no ending of its own.
    return noun.hasSuffix("y") && kind != "pty" ? noun.dropLast() + "ies" : noun + "s"
  }
}
