/// Functions of code that runtimes made while the program ran, by address: that of JIT compilers,
/// and trampolines of interpreters.
public struct GeneratedCode: Equatable, Sendable {
  /// By absolute address, inside the call instruction.
  public private(set) var frames: [UInt64: SourceFrame]
  /// Paths of the files that name them.
  public private(set) var maps: [String]

  public static let none = Self(frames: [:], maps: [])

  public init(frames: [UInt64: SourceFrame], maps: [String]) {
    self.frames = frames
    self.maps = maps
  }

  public func frame(at address: UInt64) -> SourceFrame? { frames[address] }
}
