import Glibc
import Reporting

/// What the environment tells of a terminal.
enum Terminal {
  static func isTerminal(_ fd: Int32) -> Bool { isatty(fd) == 1 }

  /// How text is set there; for nil, which is no terminal, without colour unless the
  /// environment asks for it. The locale decides about characters in either case: what goes
  /// into a file or a pager is read on the same terminal.
  static func style(of terminal: Int32?, allowsColor: Bool) -> TextStyle {
    TextStyle(
      width: width(of: terminal),
      usesColor: allowsColor && wantsColor && (terminal != nil || forcesColor),
      usesUnicode: isUTF8)
  }

  /// Columns by TIOCGWINSZ (ioctl_tty(2)), else `COLUMNS`, else 80.
  private static func width(of terminal: Int32?) -> Int {
    if let terminal {
      var size = winsize()
      if ioctl(terminal, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    }
    if let columns = variable("COLUMNS").flatMap(Int.init), (1...10_000).contains(columns) {
      return columns
    }
    return 80
  }

  /// No, where NO_COLOR is set and not empty (no-color.org), or the terminal has none.
  private static var wantsColor: Bool {
    (variable("NO_COLOR") ?? "").isEmpty && variable("TERM") != "dumb"
  }

  /// Yes, where CLICOLOR_FORCE is set and not 0 (bixense.com/clicolors): for `less -R`.
  private static var forcesColor: Bool {
    !["", "0"].contains(variable("CLICOLOR_FORCE") ?? "")
  }

  /// Whether the locale of characters is one of UTF-8: as setlocale(3) picks it, the first of
  /// these that is not empty. One that is not installed counts by its name: containers have
  /// the variables of the terminal outside, but rarely its locales.
  private static var isUTF8: Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable)
    let name = names.first { !$0.isEmpty } ?? "C"
    if let locale = newlocale(LC_CTYPE_MASK, name, nil) {
      defer { freelocale(locale) }
      guard let charset = nl_langinfo_l(nl_item(CODESET), locale) else { return false }
      return String(cString: charset) == "UTF-8"
    }
    let lowered = name.lowercased()
    return lowered.contains("utf-8") || lowered.contains("utf8")
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
