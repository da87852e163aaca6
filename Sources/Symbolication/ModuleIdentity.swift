/// A program or library as the trace names it: where it stood, and which build it was.
public struct ModuleIdentity: Hashable, Sendable {
  /// The path's bytes; not always UTF-8.
  public var path: [UInt8]
  /// The GNU build-id, empty when the module has none.
  public var buildID: [UInt8]

  public init(path: [UInt8], buildID: [UInt8]) {
    self.path = path
    self.buildID = buildID
  }

  public init(path: String, buildID: [UInt8]) {
    self.init(path: Array(path.utf8), buildID: buildID)
  }
}
