import LeakAnalysis

/// What of the callers of a call goes into its fingerprint: `docs/fingerprints.md` tells what
/// does and what does not.
///
/// Each caller counts once, where it stands innermost: how deep a recursion was, of one
/// function or of several, is no matter of the place.
struct FingerprintCallers {
  /// Enough to tell places apart, and what is further out than that may differ without harm,
  /// as where a deep stack was cut.
  static let limit = 16

  private var own: [String] = []
  private var platform: [String] = []

  /// Whether what is further out does not count.
  var areEnough: Bool { own.count == Self.limit }

  /// The names that count, innermost first.
  var names: [String] { own.isEmpty ? platform : own }

  /// Adds the next caller.
  mutating func add(_ caller: StableName) {
    if !caller.isPlatform {
      if own.count < Self.limit, !own.contains(caller.text) { own.append(caller.text) }
    } else if own.isEmpty, platform.count < Self.limit, !platform.contains(caller.text) {
      platform.append(caller.text)
    }
  }

  /// Adds several, innermost first.
  mutating func add(_ callers: [StableName]) {
    for caller in callers { add(caller) }
  }
}

extension Fingerprint {
  /// The name of a call site that stays when the program is run, moved or rebuilt.
  init(api: String, _ callers: FingerprintCallers) {
    self.init(api: CallName.plain(api), frames: callers.names)
  }
}
