import CommandLaunch
import Glibc
import SystemPackage

/// Starts the command: the same terminal, process group, working folder and
/// open descriptors as `fdtrack` itself has, and the signals as `fdtrack` found
/// them. Its own ignored signals need no word: they are inherited.
struct RunLaunch {
  var arguments: [CStringBytes]
  var environment: RunEnvironment
  var signals: RunSignals

  struct Started: Equatable {
    var pid: pid_t
    /// The file that was executed.
    var program: FilePath
  }

  /// Searches PATH, as execvp(3) does, and starts the first program that can be.
  /// A file that is executable but has no known format is given to /bin/sh.
  func start() throws(RunFailure) -> Started {
    let name = arguments.first ?? [0]
    let shown = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var denied = false
    for candidate in Self.candidates(for: name, path: environment["PATH"]) {
      var (error, pid) = spawn(candidate, arguments)
      if error == ENOEXEC {
        let shell = CStringBytes("/bin/sh".utf8CString)
        (error, pid) = spawn(shell, [shell, candidate] + arguments.dropFirst())
      }
      switch error {
      case 0:
        return Started(pid: pid, program: candidate.withUnsafeBufferPointer(FilePath.init(bytes:)))
      case EACCES:
        denied = true
      case ENOENT, ENOTDIR, ESTALE, ENODEV, ETIMEDOUT:
        continue
      case EAGAIN, ENOMEM:
        throw .own("cannot start '\(shown)': \(Errno(rawValue: error))")
      default:
        throw .notExecutable(shown, Errno(rawValue: error))
      }
    }
    throw denied ? .notExecutable(shown, .permissionDenied) : .notFound(shown)
  }

  /// The files that execvp(3) would try for `name`, in order. `path` is the
  /// value of PATH; an empty element means the current folder.
  static func candidates(for name: CStringBytes, path: ArraySlice<CChar>?) -> [CStringBytes] {
    let slash = CChar(bitPattern: UInt8(ascii: "/"))
    guard name.count > 1 else { return [] }
    if name.contains(slash) { return [name] }
    let folders = path ?? "/bin:/usr/bin".utf8.map { CChar(bitPattern: $0) }[...]
    return folders.split(
      separator: CChar(bitPattern: UInt8(ascii: ":")), omittingEmptySubsequences: false
    ).map { $0.isEmpty ? name : $0 + [slash] + name }
  }

  private func spawn(
    _ program: CStringBytes, _ arguments: [CStringBytes]
  ) -> (error: CInt, pid: pid_t) {
    var mask = signals.mask
    var pid: pid_t = 0
    let error = withPointers(to: arguments) { arguments in
      withPointers(to: environment.entries) { environment in
        let digits = self.environment.pidDigits.flatMap { place in
          environment[place.entry].map { $0 + place.offset }
        }
        return command_launch(
          &pid, program, arguments, environment, &mask, signals.ignoresChildren, digits)
      }
    }
    return (error, pid)
  }
}

extension FilePath {
  /// A path from NUL-terminated bytes.
  init(bytes: UnsafeBufferPointer<CChar>) {
    self = bytes.baseAddress.map { FilePath(platformString: $0) } ?? FilePath()
  }
}

/// Calls `body` with a NULL-terminated array of pointers to `strings`, each of
/// which ends with NUL. The pointers are good during the call only.
private func withPointers<Result>(
  to strings: [CStringBytes],
  _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var bytes = CStringBytes(strings.joined()) + [0]
  return bytes.withUnsafeMutableBufferPointer { bytes in
    var offset = 0
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { string in
      defer { offset += string.count }
      return bytes.baseAddress.map { $0 + offset }
    }
    pointers.append(nil)
    return body(&pointers)
  }
}
