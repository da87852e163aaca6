import Glibc
import SystemPackage

/// The file that the command's trace goes to: always one that does not exist
/// yet, so that nothing is ever overwritten and it is known before the command
/// starts.
struct RunTracePath: Equatable {
  /// Absolute.
  var path: FilePath
  /// What had to be done to get it, in words for the user.
  var note: String?

  /// Frees or avoids the name that was asked for: an ended trace becomes
  /// `NAME.old`; any other file stays, and the trace gets `STEM-PID.EXTENSION`.
  ///
  /// `claim` is asked for the name first, and refuses one that another
  /// `fdtrack run` is about to use.
  static func prepare(
    _ wanted: FilePath, pid: pid_t, claim: (FilePath) -> Bool = { _ in true }
  ) throws(RunFailure) -> RunTracePath {
    let path = try absolute(wanted)
    guard path.lastComponent != nil else { throw .own("not a file name: '\(wanted)'") }
    let folder = path.removingLastComponent()
    guard folder.withPlatformString({ access($0, W_OK | X_OK) }) == 0 else {
      throw .own("cannot write a trace into '\(folder)': \(Errno(rawValue: errno))")
    }
    guard isFileOrNothing(path) else {
      throw .own("cannot write a trace to '\(path)', which is no regular file")
    }
    guard claim(path) else {
      return RunTracePath(
        path: freeName(besides: path, pid: pid), note: "\(path) is in use by another run")
    }
    guard exists(path) else { return RunTracePath(path: path) }
    if let reason = try rotate(path) {
      return RunTracePath(path: freeName(besides: path, pid: pid), note: "\(path) \(reason)")
    }
    return RunTracePath(path: path, note: "the trace from before is \(old(path))")
  }

  /// Renames an ended trace; returns why not when something else is there.
  private static func rotate(_ path: FilePath) throws(RunFailure) -> String? {
    do throws(RunTraceFile.Refusal) {
      let trace = try RunTraceFile(opening: path)
      if trace.openEnded().contains(where: { RunWriter.maps(trace.inode, path: path, pid: $0) }) {
        return "is still being written"
      }
    } catch .cannotOpen(let error) {
      return "cannot be opened: \(error)"
    } catch {
      return "is not a trace that can be replaced"
    }
    let old = old(path)
    guard !exists(old) || RunTraceFile(path: old) != nil else {
      return "is kept, because \(old) is not a trace that can be replaced"
    }
    let result = path.withPlatformString { from in
      old.withPlatformString { to in rename(from, to) }
    }
    return result == 0 ? nil : "cannot be renamed: \(Errno(rawValue: errno))"
  }

  private static func old(_ path: FilePath) -> FilePath {
    FilePath(path.string + ".old")
  }

  private static func freeName(besides path: FilePath, pid: pid_t) -> FilePath {
    let stem = path.stem ?? ""
    let ending = path.extension.map { "." + $0 } ?? ""
    var name = "\(stem)-\(pid)\(ending)"
    var attempt = 1
    while exists(path.removingLastComponent().appending(name)) {
      attempt += 1
      name = "\(stem)-\(pid)-\(attempt)\(ending)"
    }
    return path.removingLastComponent().appending(name)
  }

  /// Not so of a device or a folder: nobody who names one wants a trace beside it.
  private static func isFileOrNothing(_ path: FilePath) -> Bool {
    var status = stat()
    let found = path.withPlatformString { stat($0, &status) } == 0
    return !found || status.st_mode & S_IFMT == S_IFREG
  }

  /// Whether anything has that name, a dangling link too.
  private static func exists(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withPlatformString { lstat($0, &status) } == 0
  }

  /// A path that stays good when the command changes its folder.
  static func absolute(_ path: FilePath) throws(RunFailure) -> FilePath {
    if path.isAbsolute { return path.lexicallyNormalized() }
    guard let current = getcwd(nil, 0) else {
      throw .own("the current folder has no name: \(Errno(rawValue: errno))")
    }
    defer { free(current) }
    return FilePath(platformString: current).pushing(path)
  }
}
