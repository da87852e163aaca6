import Symbolication

/// Whose code a frame is; decides what a reader sees first and what a fingerprint is made of.
public enum FrameOrigin: Equatable, Sendable {
  /// The program and what was built with it.
  case program
  /// A library of the distribution, below `/usr/lib` and the like, or that a language's package
  /// manager installed, or one that is all headers, whose code is in the program.
  case library
  /// The platform: C library, loader, language runtimes, their code inlined elsewhere, and what
  /// they make of a program as it runs, which has no names.
  case runtime

  public init(module: String?, function: String?, file: String?) {
    self.init(function: function, file: file, in: Self(module: module))
  }

  /// Of code of which nothing is known but its module.
  init(module: String?) {
    guard let path = module else {
      self = .runtime
      return
    }
    let name = path.lastComponent
    if Self.isRuntime(module: name) {
      self = .runtime
    } else if Self.isLibrary(path, name) {
      self = .library
    } else {
      self = .program
    }
  }

  /// `module` is what `init(module:)` says of the module: many frames have the same one.
  init(function: String?, file: String?, in module: FrameOrigin) {
    if Self.isRuntime(function: function, file: file) {
      self = .runtime
    } else if module == .program, let file, Self.isHeader(ofLibrary: file) {
      self = .library
    } else {
      self = module
    }
  }

  /// Of code that was made as the program ran: what comes with its language has no file, or one of
  /// the runtime's own.
  public init(generated code: SourceFrame) {
    let function = code.function ?? ""
    guard let file = code.file else {
      // Methods of Java and .NET; runtimes' own routines have no parameters.
      let isMethod = function.utf8.last == UInt8(ascii: ")")
      let name = Self.qualifiedName(function)
      self = isMethod && !Self.platformClasses.contains(where: name.hasPrefix) ? .program : .runtime
      return
    }
    // What pip puts into `bin` to call a package's function has no name of its own.
    if function == "<module>", Self.isLauncher(file) {
      self = .runtime
      return
    }
    if file.first == "<" || file.hasPrefix("node:") {
      self = file == "<string>" || file == "<stdin>" ? .program : .runtime
    } else if Self.installedFolders.contains(where: file.holds) {
      self = .library
    } else {
      self = Interpreter.isStandardSource(file) ? .runtime : .program
    }
  }

  /// `/srv/venv/bin/gunicorn`
  private static func isLauncher(_ file: String) -> Bool {
    let parts = file.split(separator: "/")
    return parts.count > 1 && parts[parts.count - 2] == "bin"
      && !parts[parts.count - 1].contains(".")
  }

  private static let platformClasses = ["java.", "javax.", "jdk.", "sun.", "[System.", "System."]

  private static let libraryFolders = ["/lib/", "/lib64/", "/lib32/", "/usr/lib"]
  /// Of Python, Node and Ruby. An extension that somebody works on is loaded from where it is
  /// built, and not from there.
  private static let installedFolders: [StaticString] = [
    "/site-packages/", "/dist-packages/", "/node_modules/", "/gems/",
    "/extensions/x86_64-linux/", "/extensions/aarch64-linux/",
  ]

  /// What Node loads is called `.node`.
  private static func isLibrary(_ path: String, _ name: Substring) -> Bool {
    let isShared = name.holds(".so")
    return isShared && libraryFolders.contains(where: path.hasPrefix)
      || (isShared || name.hasSuffix(".node")) && installedFolders.contains(where: path.holds)
  }

  /// Names up to the first `.so` or version: `libc.so.6`, `ld-linux-x86-64.so.2`, `libc-2.31.so`.
  private static let runtimeModules = [
    "libc", "ld", "ld-linux", "ld-musl", "libpthread", "libm", "libdl", "librt", "libutil",
    "libresolv", "libnsl", "libanl", "libgcc_s", "libstdc++", "libc++", "libc++abi", "libunwind",
    "libfdtrack", "linux-vdso", "libasan", "libtsan", "libubsan", "libswiftCore",
    "libswift_Concurrency", "libdispatch", "libFoundation", "libFoundationEssentials",
  ]

  private static func isRuntime(module name: Substring) -> Bool {
    if name == "[vdso]" { return true }
    guard name.holds(".so") else { return false }
    return runtimeModules.contains { known in
      guard name.hasPrefix(known) else { return false }
      let rest = name.dropFirst(known.count)
      if rest.hasPrefix(".so") { return true }
      // A version or machine follows: `libc-2.31.so`, `ld-linux-x86-64.so.2`.
      return rest.hasPrefix("-")
        && (known.hasPrefix("ld") || rest.dropFirst().first?.isNumber == true)
    }
  }

  /// The standard library's templates are compiled into the program.
  private static func isRuntime(function: String?, file: String?) -> Bool {
    if let file, standardSources.contains(where: { file.holds($0) }) || isHeader(ofLibc: file) {
      return true
    }
    guard let function else { return false }
    let name = qualifiedName(function)
    return startFunctions.contains(function) || standardScopes.contains(where: name.hasPrefix)
  }

  /// With `_FORTIFY_SOURCE` headers such as `/usr/include/x86_64-linux-gnu/bits/fcntl2.h` put an
  /// inlined `open` in front of the real one.
  private static func isHeader(ofLibc file: String) -> Bool {
    file.holds("/include/") && file.holds("/bits/")
  }

  /// Of what was installed, by the distribution, an administrator, or a package manager: nobody
  /// works on sources there.
  private static func isHeader(ofLibrary file: String) -> Bool {
    headerFolders.contains(where: file.hasPrefix)
      || packageFolders.contains(where: file.holds) && file.holds("/include/")
  }

  private static let headerFolders = ["/usr/include/", "/usr/local/include/"]
  private static let packageFolders: [StaticString] = [
    "/vcpkg_installed/", "/.linuxbrew/", "/nix/store/",
  ]

  /// Without the type that demanglers write before templates: `void std::sort<…>(…)`. Rust's
  /// `<core::… as …>` stands in the scope of the type.
  static func qualifiedName(_ function: String) -> Substring {
    let bytes = function.utf8
    var start = bytes.startIndex
    var depth = 0
    scan: for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "<"), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ">"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "(") where depth == 0: break scan
      case UInt8(ascii: " ") where depth == 0: start = bytes.index(after: index)
      default: break
      }
    }
    // Unbalanced, as in `operator<`.
    let name = depth == 0 ? function[start...] : function[...]
    return name.first == "<" ? name.dropFirst() : name
  }

  private static let standardSources: [StaticString] = [
    "/include/c++/", "/rustc/", "/sysdeps/", "/csu/libc-start", "/swift/stdlib/",
    "library/core/src/", "library/alloc/src/", "library/std/src/",
  ]
  private static let standardScopes = [
    "std::", "__gnu_cxx::", "core::", "alloc::", "__libc_", "Swift.",
  ]
  private static let startFunctions: Set = ["_start", "__libc_start_main", "_dl_start_user"]
}
