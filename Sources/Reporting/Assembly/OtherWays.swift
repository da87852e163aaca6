import LeakAnalysis
import TraceModel

/// Where descriptors are closed that one line of the program opens for other callers: a path
/// that forgets them has a stack, and so a site, of its own, which knows no close at all.
struct OtherWays {
  /// By `SiteFinding.id` of what is never closed; of the places the one that closes most.
  private(set) var closers: [Int: SiteFinding.CloseSite] = [:]

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
      closers[site.id] = closing[line].flatMap { findings.sites[$0].closeSites.first }
    }
  }
}
