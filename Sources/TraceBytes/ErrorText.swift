import SystemPackage

/// The system's words for an errno.
enum ErrorText {
  static func of(_ errno: Int32) -> String { Errno(rawValue: errno).description }
}
