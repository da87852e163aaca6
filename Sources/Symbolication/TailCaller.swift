/// A function that left no frame when it called another at last.
public struct TailCaller: Equatable, Sendable {
  /// Of that call, which is a jump; that of the function itself where it has several.
  public var address: UInt64
  /// As ``ModuleSymbols/frames(at:)`` has them.
  public var frames: [SourceFrame]
  /// The module that it is of, one of those of the batch; nil for that of the call.
  public var module: ModuleIdentity?

  public init(address: UInt64, frames: [SourceFrame], module: ModuleIdentity? = nil) {
    (self.address, self.frames, self.module) = (address, frames, module)
  }

  /// - Parameter place: frames at the address, of which the function's own is last.
  init(address: UInt64, leaving place: [SourceFrame]) {
    self.init(address: address, frames: place)
    frames[place.count - 1].isTailCall = true
  }
}
