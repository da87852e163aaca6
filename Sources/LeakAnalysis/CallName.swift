import Glibc

/// Names of functions of the C library.
public enum CallName {
  /// Whether a function of that name takes a connection that a client made.
  static func accepts(_ name: String) -> Bool { name.hasPrefix("accept") }

  /// Whether a function of that name opens two descriptors that are each other's ends.
  public static func makesPairs(_ name: String) -> Bool {
    ["pipe", "pipe2", "socketpair", "openpty"].contains(name)
  }

  /// Whether a function of that name reads.
  public static func reads(_ name: String) -> Bool {
    let name = name.drop { $0 == "_" }
    return name.hasPrefix("read") || name.hasPrefix("recv")
  }

  /// Whether a function of that name works on what there is, and does not make a descriptor ready
  /// for use.
  static func transfers(_ name: String) -> Bool {
    let name = name.drop { $0 == "_" }
    return reads(String(name)) || ["write", "send", "pwrite"].contains { name.hasPrefix($0) }
  }

  /// Whether a function of that name waits, and does nothing else.
  public static func waits(_ name: String) -> Bool {
    ["poll", "ppoll", "select", "pselect"].contains(plain(name))
  }

  /// Whether that error of a function of that name is the end of a wait, for which the program had
  /// set a time: of calls that do not wait it is not noted, and of those that only wait nothing
  /// else is.
  ///
  /// Source: socket(7), SO_RCVTIMEO and SO_SNDTIMEO; poll(2), select(2).
  public static func isTimeout(_ error: Int32, of name: String) -> Bool {
    switch error {
    case EAGAIN: transfers(name) || waits(name)
    case EINPROGRESS: plain(name) == "connect"
    default: false
    }
  }

  /// The program that a function of that name starts, whatever it is asked for; nil of others.
  ///
  /// Source: system(3), popen(3).
  static func shell(_ name: String) -> String? {
    name == "system" || name.hasSuffix("popen") ? "/bin/sh" : nil
  }

  /// The name, and the one in the manual.
  public static func all(_ name: String) -> [String] { [name, plain(name)] }

  /// The name in the manual of a function that programs call by another: which one they
  /// bind to depends on macros and optimization. `open` for `open64`, `__open_2` (which
  /// `_FORTIFY_SOURCE` puts in its place) and `__open64_2`.
  ///
  /// Source: feature_test_macros(7).
  public static func plain(_ name: String) -> String {
    // Most names are: there is nothing to take from them.
    guard name.utf8.contains(where: { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "6") }) else {
      return name
    }
    var rest = name.drop { $0 == "_" }
    if name.hasPrefix("_IO_") { rest = rest.dropFirst(3) }
    for suffix in ["_chk", "_2"] where rest.hasSuffix(suffix) {
      rest = rest.dropLast(suffix.count)
    }
    var words = rest.split(separator: "_", omittingEmptySubsequences: false)
    for index in words.indices where words[index].hasSuffix("64") && words[index].count > 2 {
      words[index] = words[index].dropLast(2)
    }
    let plain = words.joined(separator: "_")
    return plain.isEmpty ? name : plain
  }
}
