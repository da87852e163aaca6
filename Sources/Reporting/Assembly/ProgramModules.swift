import TraceModel

/// Which modules are the program's own: no libraries of the distribution or of languages.
public enum ProgramModules {
  /// By `Module.number`.
  public static func among(_ modules: [Module]) -> Set<Int> {
    Set(modules.lazy.filter { FrameOrigin(module: $0.path) == .program }.map(\.number))
  }
}
