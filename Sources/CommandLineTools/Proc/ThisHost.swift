import Glibc

/// The machine that runs this program.
enum ThisHost {
  /// Its name, as a trace has that of the machine it was made on; nil where the kernel tells none.
  static let name: String? = {
    var names = utsname()
    guard uname(&names) == 0 else { return nil }
    return withUnsafeBytes(of: &names.nodename) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
  }()
}
