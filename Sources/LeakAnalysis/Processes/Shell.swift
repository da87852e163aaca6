import TraceModel

/// Programs that run scripts.
public enum Shell {
  public static let names = ["bash", "dash", "sh", "zsh", "ksh", "busybox"]
}

extension TracedProcess {
  var isShell: Bool {
    guard let name = (exe ?? argv.first)?.lastComponent else { return false }
    return Shell.names.contains { $0 == name }
  }
}
