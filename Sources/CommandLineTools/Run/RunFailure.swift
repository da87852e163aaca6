import SystemPackage

/// Why `fdtrack run` could not start the command, as one line. The exit statuses are those
/// of env(1) and timeout(1), so that a script can tell them from the command's own.
enum RunFailure: Error, Equatable, CustomStringConvertible {
  /// `fdtrack` itself failed: 125.
  case own(String)
  /// The command was found but cannot be executed: 126.
  case notExecutable(String, Errno)
  /// No such command: 127.
  case notFound(String)

  /// That of `fdtrack` itself, as timeout(1) has it.
  static let ownStatus: Int32 = 125

  var exitStatus: Int32 {
    switch self {
    case .own: Self.ownStatus
    case .notExecutable: 126
    case .notFound: 127
    }
  }

  var description: String {
    switch self {
    case .own(let reason): reason
    case .notExecutable(let command, let error): "cannot execute '\(command)': \(error)"
    case .notFound(let command): "no such command: '\(command)'"
    }
  }
}
