/// A function that left no frame when it called another at last.
public struct TailCaller: Equatable, Sendable {
  /// Of that call, which is a jump; that of the function itself where it has several.
  public var address: UInt64
  /// As ``ModuleSymbols/frames(at:)`` has them.
  public var frames: [SourceFrame]

  public init(address: UInt64, frames: [SourceFrame]) {
    (self.address, self.frames) = (address, frames)
  }
}
