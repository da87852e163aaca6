import LeakAnalysis
import TraceModel

/// Where descriptors are closed that one line of the program opens for other callers: a path
/// that forgets them has a stack, and so a site, of its own, which knows no close at all.
struct OtherWays {
  /// A site that opens by the same line, and of the places that close there the one that closes
  /// most.
  private struct Way {
    var stack: StackNumber
    var closer: SiteFinding.CloseSite
  }

  /// By `SiteFinding.id` of what is never closed.
  private var ways: [Int: Way] = [:]

  /// The stacks that have to be looked up.
  var stacks: [StackNumber] { ways.values.flatMap { [$0.stack, $0.closer.stack] } }

  /// Where others of the line are closed by which `site` opens. The library of a language may be
  /// compiled into the program, and opens there for everybody: it is the line that a reader is
  /// shown first that has to be the same.
  func closer(of site: SiteFinding, _ resolver: StackResolver) -> SiteFinding.CloseSite? {
    guard let way = ways[site.id],
      resolver.stack(way.stack).focus == resolver.stack(site.stack).focus
    else { return nil }
    return way.closer
  }

  /// One line of the program's own, which calls the function that opens.
  private struct Line: Hashable {
    var api: String
    var place: CodePlace
  }

  /// A library's functions open for anybody: deeper than so they do not hide the program's call.
  private static let depth = 32

  /// - Parameter sites: the places in `findings.sites` of those that may need it.
  init(_ findings: Findings, sites: [Int]) {
    let isProgram = Dictionary(
      findings.modules.map { ($0.number, FrameOrigin(module: $0.path) == .program) }
    ) { first, _ in first }
    func line(of site: SiteFinding) -> Line? {
      var line: Line?
      findings.stacks.forEachFrame(of: site.stack, atMost: Self.depth) { frame in
        guard case .code(let module, let address) = frame, isProgram[module] == true else {
          return true
        }
        line = Line(api: site.api, place: CodePlace(module: module, address: address))
        return false
      }
      return line
    }
    // Of a million sites, most of a hostile trace's are never closed.
    var closing: [Line: Int] = [:]
    for (index, site) in findings.sites.enumerated() {
      guard let closer = site.closeSites.first, let line = line(of: site) else { continue }
      let known = closing[line].flatMap { findings.sites[$0].closeSites.first }
      if (known?.count ?? 0) < closer.count { closing[line] = index }
    }
    guard !closing.isEmpty else { return }
    for index in sites {
      let site = findings.sites[index]
      guard site.verdict <= .suspect, site.closeSites.isEmpty, let line = line(of: site) else {
        continue
      }
      guard let other = closing[line].map({ findings.sites[$0] }),
        let closer = other.closeSites.first
      else { continue }
      ways[site.id] = Way(stack: other.stack, closer: closer)
    }
  }
}
