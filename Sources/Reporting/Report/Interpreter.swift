import LeakAnalysis

/// A program that runs code of another language. The recorder sees its own frames alone: what
/// the code of that language calls alike has one stack, whichever line of it does.
struct Interpreter: Equatable {
  /// The module's file name.
  var module: String
  /// What it runs, after "the": `Python code`.
  var code: String
  var isShell: Bool

  /// The one that a call came from; nil when the program's own code, or that of a library made
  /// for it, stands between. The modules of its own standard library do not.
  init?(callerIn stack: Report.Stack) {
    guard let own = stack.ownIndex else { return nil }
    for (index, frame) in stack.frames.enumerated() where frame.origin != .runtime {
      if let found = Interpreter(module: frame.module) {
        self = found
        return
      }
      if index >= own, !Self.isStandardLibrary(frame.module) { return nil }
    }
    return nil
  }

  /// Wherever it is installed: `…/lib/python3.11/lib-dynload/_socket.cpython-311-….so`,
  /// `…/lib/ruby/3.1.0/x86_64-linux/socket.so`, `…/lib/x86_64-linux-gnu/perl/5.36/auto/…/Socket.so`.
  /// What was added has no version there: `…/lib/ruby/gems/…`, `…/lib/ruby/vendor_ruby/…`.
  static func isStandardLibrary(_ module: String?) -> Bool {
    guard let module, module.hasSuffix(".so") else { return false }
    let folders = module.split(separator: "/").dropLast()
    return folders.contains { $0 == "lib-dynload" || $0 == "perl-base" }
      || zip(folders, folders.dropFirst()).contains { language, version in
        ["ruby", "perl", "php"].contains(language) && version.first?.isNumber == true
      }
  }

  /// Whether a file of source is of Python's standard library: `/usr/lib/python3.12/socket.py`.
  /// Node's has no files.
  static func isStandardSource(_ file: String) -> Bool {
    guard file.hasSuffix(".py") else { return false }
    let folders = file.split(separator: "/").dropLast()
    return zip(folders, folders.dropFirst()).contains { lib, language in
      lib == "lib" && language.hasPrefix("python3.")
    }
  }

  /// Whether a function of Python's standard library is little more than the call that it makes.
  static func isWrapper(_ function: String?) -> Bool {
    guard let function else { return true }
    return function.hasPrefix("socket.") || function.hasSuffix(".__init__")
  }

  /// Whether it is the program of one, such as `/usr/bin/lua5.4`, or its library.
  static func isOne(_ module: String?) -> Bool { Interpreter(module: module) != nil }

  /// Whether it is either of them.
  static func isPartOfOne(_ module: String?) -> Bool { isOne(module) || isStandardLibrary(module) }

  private init?(module path: String?) {
    guard let path else { return nil }
    let name = String(path.lastComponent)
    let known = Self.known.first { known in
      guard name.hasPrefix(known.name), !known.inFolders || Self.isOfJava(path) else {
        return false
      }
      let rest = name.dropFirst(known.name.count)
      // A version may follow, and no other word: `libpython3.11.so.1.0`, `libruby-3.1.so`.
      let version = rest.first == "-" ? rest.dropFirst() : rest
      return rest.isEmpty || rest.first == "." || version.first?.isNumber == true
    }
    guard let known else { return nil }
    (module, code, isShell) = (name, known.code, known.code == Self.script)
  }

  /// Libraries whose names others may have, too.
  private static func isOfJava(_ path: String) -> Bool {
    path.contains("/jvm/") || path.contains("/jre/") || path.contains("jdk")
  }

  /// How to have the functions named that it runs; nil where nobody knows.
  var naming: String? {
    let how: String
    switch code {
    case "Python code" where module.hasPrefix("pypy") || module.hasPrefix("libpypy"): return nil
    case "Python code":
      // `python3.11`, `libpython3.11.so.1.0`: none before 3.12 can.
      let version = module.drop { !$0.isNumber }.split(separator: ".")
      if let major = version.first, version.count > 1, let minor = Int(version[1]),
        major != "3" || minor < 12
      {
        return nil
      }
      how = "PYTHONPERFSUPPORT=1"
    case "JavaScript code":
      how = "NODE_OPTIONS='--perf-basic-prof --interpreted-frames-native-stack'"
    default: return nil
    }
    return "With \(how) in its environment its functions have names."
  }

  var isPHP: Bool { code == Self.php }

  private static let script = "script"
  private static let php = "PHP code"
  private static let known: [(name: String, code: String, inFolders: Bool)] =
    ["python", "libpython", "pypy", "libpypy"].map { ($0, "Python code", false) }
    + ["perl", "libperl"].map { ($0, "Perl code", false) }
    + ["ruby", "libruby"].map { ($0, "Ruby code", false) }
    + ["php", "php-fpm", "php-cgi", "libphp"].map { ($0, php, false) }
    + ["lua", "luajit", "liblua", "libluajit"].map { ($0, "Lua code", false) }
    + ["tclsh", "wish", "expect", "libtcl", "libtk", "libexpect"].map { ($0, "Tcl code", false) }
    + ["node", "libnode"].map { ($0, "JavaScript code", false) }
    + Shell.names.map { ($0, script, false) }
    + ["libjvm", "libjava", "libnio", "libnet"].map { ($0, "Java code", true) }
}
