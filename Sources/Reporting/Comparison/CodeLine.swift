/// The line of a build in which a site is. Builds that are equal number their lines alike, so
/// there, and only there, lines tell apart what shares a fingerprint.
struct CodeLine: Hashable, Comparable {
  var build: String
  var line: Int

  /// Frames that it is looked for in: those that a baseline has of a stack.
  static let frameLimit = 64

  /// Nil where lines or builds are not known.
  init?(_ stack: Report.Stack) {
    let frames = stack.frames.prefix(Self.frameLimit)
    guard let focus = Report.Stack(frames: Array(frames)).focus, let build = focus.buildID,
      let line = focus.line
    else { return nil }
    (self.build, self.line) = (build, line)
  }

  static func < (a: Self, b: Self) -> Bool { (a.build, a.line) < (b.build, b.line) }
}

extension Collection<CodeLine?> {
  /// Whether each is known, and all are of one build.
  var areOfOneBuild: Bool {
    guard let build = first.flatMap({ $0 })?.build else { return false }
    return allSatisfy { $0?.build == build }
  }

  /// The lines by their numbers alone; nil unless each is known.
  var numbers: Set<Int>? {
    let known = compactMap { $0?.line }
    return known.count == count ? Set(known) : nil
  }
}
