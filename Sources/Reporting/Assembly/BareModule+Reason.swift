import Symbolication

extension Report.BareModule {
  /// What can be said of a reason by its code alone.
  static func text(ofCode code: String) -> String {
    let reasons: [ModuleSymbols.Reason] = [.missing, .notAFile, .otherBuild(found: [])]
    return reasons.first { $0.code == code }?.text ?? "cannot be read"
  }
}

extension ModuleSymbols.Reason {
  /// Stable name for scripts.
  var code: String {
    switch self {
    case .missing: "missing"
    case .notAFile: "not_a_file"
    case .otherBuild: "other_build"
    case .unreadable: "unreadable"
    }
  }

  /// What follows the module's name in a sentence.
  var text: String {
    switch self {
    case .missing: "is not on this machine"
    case .notAFile: "is not a file on disk"
    case .otherBuild:
      "is another build than the traced one; its functions and lines would be wrong"
    case .unreadable(let why): "cannot be read: \(why)"
    }
  }
}
