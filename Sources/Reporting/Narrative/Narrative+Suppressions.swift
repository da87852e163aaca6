extension Narrative {
  /// Blocks of suppression files that can go, or that do not say what was meant.
  var unusedSuppressions: [String] {
    report.suppressions.filter { $0.sites == 0 }.map { "\($0.name) (\($0.file):\($0.line))" }
  }
}
