import LeakAnalysis

extension Fingerprint {
  /// Callers that count: enough to tell places apart, and what is further out than that may
  /// differ without harm, as where a deep stack was cut.
  static let nameLimit = 16

  /// The name of a call site that stays when the program is run, moved or rebuilt:
  /// `docs/fingerprints.md` tells what goes in and what does not.
  ///
  /// Each caller counts once, where it stands innermost: how deep a recursion was, of one
  /// function or of several, is no matter of the place.
  init(api: String, callers: some Sequence<StableName>) {
    var own: [String] = []
    var platform: [String] = []
    for caller in callers {
      if caller.isPlatform {
        if platform.count < Self.nameLimit, !platform.contains(caller.text) {
          platform.append(caller.text)
        }
      } else if !own.contains(caller.text) {
        own.append(caller.text)
        if own.count == Self.nameLimit { break }
      }
    }
    self.init(api: CallName.plain(api), frames: own.isEmpty ? platform : own)
  }
}
