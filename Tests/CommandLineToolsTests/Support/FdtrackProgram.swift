import Glibc
import SystemPackage
import Testing

/// The built `fdtrack`, run with a harmless library in place of the shim: what
/// is tested with it is how commands are run, not how they are traced.
struct FdtrackProgram {
  let folder: TemporaryFolder
  /// The words in front of the command.
  let words: [String]

  init(_ options: String...) throws {
    folder = try TemporaryFolder()
    words =
      [try Self.path(), "run", "--shim", try Self.harmlessLibrary(), "--no-report"] + options
      + ["--"]
  }

  /// Runs a command to its end under `fdtrack`, in the test's folder.
  /// - Parameter wrapper: what starts `fdtrack` itself, such as env(1).
  func run(
    _ command: String..., wrapper: [String] = [], input: String = ""
  ) throws -> RunningProgram.Result {
    let running = try start(wrapper + words + command)
    if !input.isEmpty { try running.write(input) }
    return try running.finish()
  }

  func start(_ arguments: [String]) throws -> RunningProgram {
    try RunningProgram(arguments, folder: folder)
  }

  /// Beside the test program.
  static func path() throws -> String {
    let own = try #require(realpath("/proc/self/exe", nil))
    defer { free(own) }
    return FilePath(platformString: own).removingLastComponent().appending("fdtrack").string
  }

  /// The C library's mathematical part, which this process has loaded.
  static func harmlessLibrary() throws -> String {
    let file = try #require(fopen("/proc/self/maps", "re"))
    defer { fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, file) > 0, let start = line {
      let path = String(cString: start).dropLast().split(separator: " ").last ?? ""
      if path.hasSuffix("/libm.so.6") { return String(path) }
    }
    throw Errno.noSuchFileOrDirectory
  }
}
