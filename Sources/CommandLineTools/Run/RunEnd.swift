/// How the command ended.
enum RunEnd: Equatable, Sendable {
  case exited(status: Int32)
  case killed(signal: Int32)

  /// What a shell would report: the command's status, or 128 + the signal.
  var exitStatus: Int32 {
    switch self {
    case .exited(let status): status
    case .killed(let signal): 128 + signal
    }
  }
}
