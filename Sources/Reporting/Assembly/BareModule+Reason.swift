import Symbolication

extension Report.BareModule {
  /// Why code of a module has no names.
  enum Reason: Equatable {
    case unavailable(ModuleSymbols.Reason)
    case stripped

    /// Stable name for scripts.
    var code: String {
      switch self {
      case .unavailable(.missing): "missing"
      case .unavailable(.notAFile): "not_a_file"
      case .unavailable(.otherBuild): "other_build"
      case .unavailable(.unreadable): "unreadable"
      case .stripped: "stripped"
      }
    }

    /// What follows the module's name in a sentence.
    var text: String {
      switch self {
      case .unavailable(.missing): "is not on this machine"
      case .unavailable(.notAFile): "is not a file on disk"
      case .unavailable(.otherBuild):
        "is another build than the traced one; its functions and lines would be wrong"
      case .unavailable(.unreadable(let why)): "cannot be read: \(why)"
      case .stripped: "is stripped"
      }
    }
  }

  /// What can be said of a reason by its code alone.
  static func text(ofCode code: String) -> String {
    let reasons: [Reason] = [
      .unavailable(.missing), .unavailable(.notAFile), .unavailable(.otherBuild(found: [])),
      .stripped,
    ]
    return reasons.first { $0.code == code }?.text ?? "cannot be read"
  }
}

extension ModuleSymbols {
  var bareness: Report.BareModule.Reason? {
    switch status {
    case .unavailable(let reason): .unavailable(reason)
    case .exports: .stripped
    case .debugInformation, .symbolTable: nil
    }
  }
}
