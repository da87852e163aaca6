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
  public var maps: [String]
  private var numbers: [Place: Int]

  /// A hostile file could name other functions each time that it is read.
  private static let limit = 1 << 18

  public static let none = Self(places: [], maps: [])

  public init(places: [Place], maps: [String]) {
    self.places = places
    self.maps = maps
    numbers = Dictionary(places.enumerated().map { ($1, $0) }) { first, _ in first }
  }

  /// The number of a place, which stays its own; nil where there is no room for another.
  public mutating func number(of place: Place) -> Int? {
    if let known = numbers[place] { return known }
    guard places.count < Self.limit else { return nil }
    numbers[place] = places.count
    places.append(place)
    return places.count - 1
  }

  /// Nil for a number that it has not, as in a damaged trace.
  public func place(_ number: Int) -> Place? {
    places.indices.contains(number) ? places[number] : nil
  }
}
