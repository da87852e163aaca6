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

  /// Whether it is the program of one, such as `/usr/bin/lua5.4`, or its library.
  static func isOne(_ module: String?) -> Bool { Interpreter(module: module) != nil }

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

  private static let script = "script"
  private static let known: [(name: String, code: String, inFolders: Bool)] =
    ["python", "libpython", "pypy", "libpypy"].map { ($0, "Python code", false) }
    + ["perl", "libperl"].map { ($0, "Perl code", false) }
    + ["ruby", "libruby"].map { ($0, "Ruby code", false) }
    + ["php", "php-fpm", "php-cgi", "libphp"].map { ($0, "PHP code", false) }
    + ["lua", "luajit", "liblua", "libluajit"].map { ($0, "Lua code", false) }
    + ["tclsh", "wish", "expect", "libtcl", "libtk", "libexpect"].map { ($0, "Tcl code", false) }
    + ["node", "libnode"].map { ($0, "JavaScript code", false) }
    + Shell.names.map { ($0, script, false) }
    + ["libjvm", "libjava", "libnio", "libnet"].map { ($0, "Java code", true) }
}
