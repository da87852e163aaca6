/// What the kernel adds to the path of a file whose name was removed, wherever /proc tells a path
/// (proc_pid_fd(5), proc_pid_maps(5)). It may as well be part of a name: only a file's count of
/// links proves it.
public enum DeletedMark {
  public static let text = " (deleted)"

  /// The path without the mark; nil when it has none.
  public static func stripped(from path: Substring) -> Substring? {
    path.hasSuffix(text) ? path.dropLast(text.count) : nil
  }
}
