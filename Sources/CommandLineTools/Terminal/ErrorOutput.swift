import SystemPackage

/// What a program says of itself on stderr, beside its output.
public enum ErrorOutput {
  /// Writes `fdtrack: line`. Where that fails there is nobody left to tell.
  public static func say(_ line: String, as program: String = "fdtrack") {
    _ = try? FileDescriptor.standardError.writeAll("\(program): \(line)\n".utf8)
  }
}
