import LeakAnalysis
import Suppressions

extension KnownHolders {
  /// What keeps a finding on purpose, now that functions have names. What a failure
  /// explains is a fault, whoever keeps it.
  func holder(of site: Report.Site) -> Suppression? {
    guard site.verdict == .leak || site.verdict == .suspect, site.cause == nil else { return nil }
    return named(site)
  }
}
