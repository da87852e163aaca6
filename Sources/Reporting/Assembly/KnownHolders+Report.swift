import LeakAnalysis
import Suppressions

extension KnownHolders {
  /// What keeps a finding on purpose, now that functions have names. What a failure
  /// explains is a fault, whoever keeps it.
  /// - Parameter way: a stack to ask of instead, where the site's stands for many.
  func holder(of site: Report.Site, way: Report.Stack?) -> Suppression? {
    guard site.verdict == .leak || site.verdict == .suspect,
      site.causes.allSatisfy(\.isTimeout)
    else { return nil }
    var asked = site
    if let way { asked.stack = way }
    return named(asked)
  }
}
