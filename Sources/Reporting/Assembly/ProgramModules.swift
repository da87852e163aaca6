import TraceModel

/// Which modules are the program's own: no libraries of the distribution or of languages.
public enum ProgramModules {
  /// By `Module.number`.
  public static func among(_ modules: [Module]) -> Set<Int> {
    Set(modules.lazy.filter(isOne).map(\.number))
  }

  public static func isOne(_ module: Module) -> Bool {
    FrameOrigin(module: module.path) == .program
  }
}
