import Glibc
import SystemPackage

/// Where `libfdtrack.so` is.
enum RunShim {
  static let name = "libfdtrack.so"

  /// Debian's name for the architecture, a folder of libraries.
  /// Source: https://wiki.debian.org/Multiarch/Tuples
  #if arch(x86_64)
    static let architecture = "x86_64-linux-gnu"
  #elseif arch(arm64)
    static let architecture = "aarch64-linux-gnu"
  #endif

  /// The places to look in, best first, for a program at `executable` (an
  /// absolute path without links): beside it, in the `lib` folder of the same
  /// prefix or what systems of several architectures have there, and, for a program
  /// that stands in a build folder, in what `scripts/build` makes there.
  static func places(for executable: FilePath) -> [FilePath] {
    let folder = executable.removingLastComponent()
    let prefix = folder.removingLastComponent()
    var places = [
      folder.appending(name),
      prefix.appending("lib").appending(name),
      prefix.appending("lib").appending(architecture).appending(name),
      prefix.appending("lib64").appending(name),
      prefix.appending("lib").appending("fdtrack").appending(name),
    ]
    var ancestor = folder
    while let component = ancestor.lastComponent {
      if component.string == ".build" {
        places.append(ancestor.appending("fdtrack").appending(name))
      }
      ancestor = ancestor.removingLastComponent()
    }
    return places
  }

  /// Finds the shim: `explicit` when given, else the first of `places`.
  static func locate(
    explicit: FilePath?, executable: FilePath
  ) throws(RunFailure) -> FilePath {
    if let explicit {
      // Links stay: one may be there to avoid what cannot be preloaded.
      let path = try RunTracePath.absolute(explicit)
      guard isRegularFile(path) else { throw .own("no such library: '\(explicit)'") }
      return try preloadable(path)
    }
    let places = places(for: executable)
    guard let path = places.first(where: isRegularFile) else {
      throw .own(
        "cannot find \(name); looked for " + places.map(\.string).joined(separator: ", ")
          + " (scripts/build makes it, --shim names another place)")
    }
    return try preloadable(path)
  }

  /// The path of the running program, without links. Source: proc(5).
  static func runningExecutable() throws(RunFailure) -> FilePath {
    guard let path = realpath("/proc/self/exe", nil) else {
      throw .own("cannot find itself: /proc/self/exe: \(Errno(rawValue: errno))")
    }
    defer { free(path) }
    return FilePath(platformString: path)
  }

  /// Refuses what ld.so(8) would not take as one path: it splits LD_PRELOAD on
  /// spaces and colons, expands `$`, and offers no way to quote them.
  static func preloadable(_ path: FilePath) throws(RunFailure) -> FilePath {
    let refused = path.string.first { $0 == " " || $0 == ":" || $0 == "$" }
    if let refused {
      throw .own(
        "cannot preload '\(path)': the dynamic linker does not accept '\(refused)' in a path"
          + " (move or link the library elsewhere and name it with --shim)")
    }
    return path
  }

  private static func isRegularFile(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withPlatformString { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
