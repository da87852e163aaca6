import Glibc
import Reporting

/// What the environment tells of a terminal.
enum Terminal {
  static func isTerminal(_ fd: Int32) -> Bool { isatty(fd) == 1 }

  /// How text is set there; for nil, which is no terminal, without colour.
  static func style(of terminal: Int32?, allowsColor: Bool) -> TextStyle {
    TextStyle(
      width: width(of: terminal), usesColor: allowsColor && terminal != nil && wantsColor,
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

  /// As the C library picks the locale of characters: the first of these that is not empty.
  private static var isUTF8: Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first { !$0.isEmpty }
    let name = (locale ?? "").lowercased()
    return name.contains("utf-8") || name.contains("utf8")
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
