/// One block of a suppression file: a name, and what must hold of a call site.
public struct Suppression: Equatable, Sendable {
  public var name: String
  /// Where it stands: the path as it was given, and the line of its `{`.
  public var file: String
  public var line: Int
  /// Why it is fine, for people.
  public var reason: String?
  /// The function that lets go of what is held.
  public var releaser: String?

  /// Findings that can be suppressed, by the names of their verdicts.
  public static let verdictNames = ["leak", "suspect"]

  /// Of the lines of one key one must hold, and all keys must.
  var fingerprints: Set<String> = []
  var verdicts: Set<String> = []
  var calls: [Glob] = []
  var kinds: [Glob] = []
  var owners: Set<String> = []
  var paths: [Glob] = []
  var frames: [FramePattern] = []

  init(name: String, file: String, line: Int) {
    (self.name, self.file, self.line) = (name, file, line)
  }

  /// What has no condition would suppress everything.
  var hasCondition: Bool {
    !fingerprints.isEmpty || !verdicts.isEmpty || !calls.isEmpty || !kinds.isEmpty
      || !owners.isEmpty || !paths.isEmpty || frames.contains { $0 != .anyFrames }
  }

  /// True when functions must have names before it can be matched.
  public var needsSymbols: Bool { !fingerprints.isEmpty || !frames.isEmpty }

  /// False when its conditions cannot hold for this call, whatever else does.
  public func mayMatch(callNames names: [String]) -> Bool {
    calls.isEmpty || calls.contains { names.contains(where: $0.matches) }
  }

  /// True when what it asks of functions holds.
  public func matches(frames stack: [SuppressibleFrame]) -> Bool { frames.matchStart(of: stack) }

  /// True when all of its conditions hold.
  public func matches(_ site: some Suppressible) -> Bool {
    if !fingerprints.isEmpty {
      guard let print = site.fingerprintText, fingerprints.contains(print) else { return false }
    }
    if !verdicts.isEmpty {
      guard let verdict = site.verdictName, verdicts.contains(verdict) else { return false }
    }
    guard calls.isEmpty || mayMatch(callNames: site.callNames) else { return false }
    if !kinds.isEmpty {
      let kind = site.kindName
      guard kinds.contains(where: { $0.matches(kind) }) else { return false }
    }
    guard frames.isEmpty || matches(frames: site.suppressibleFrames) else { return false }
    guard !owners.isEmpty || !paths.isEmpty else { return true }
    // A descriptor that it does not speak of must not be hidden with the others.
    return site.holdsOnly { covers($0) }
  }

  private func covers(_ descriptor: SuppressibleDescriptor) -> Bool {
    (owners.isEmpty || owners.contains(descriptor.owner))
      && (paths.isEmpty || paths.contains { descriptor.names.contains(where: $0.matches) })
  }
}
