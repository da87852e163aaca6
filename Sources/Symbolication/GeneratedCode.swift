/// Functions of code that runtimes made while the program ran, by number: that of JIT compilers,
/// and trampolines of interpreters.
public struct GeneratedCode: Equatable, Sendable {
  /// One address of one process's code.
  public struct Place: Hashable, Sendable {
    /// Absolute, inside the call instruction.
    public var address: UInt64
    public var frame: SourceFrame

    public init(address: UInt64, frame: SourceFrame) {
      (self.address, self.frame) = (address, frame)
    }
  }

  public private(set) var places: [Place]
  /// Paths of the files that name them.
  public private(set) var maps: [String]

  public static let none = Self(places: [], maps: [])

  public init(places: [Place], maps: [String]) {
    self.places = places
    self.maps = maps
  }

  /// Nil for a number that it has not, as in a damaged trace.
  public func place(_ number: Int) -> Place? {
    places.indices.contains(number) ? places[number] : nil
  }
}
