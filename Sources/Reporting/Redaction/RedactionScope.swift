/// What is hidden in a report that others are to see; `docs/redaction.md` tells what each covers.
public struct RedactionScope: OptionSet, Hashable, Sendable {
  public var rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Names of files, programs, modules and sources, but those of the system.
  public static let paths = Self(rawValue: 1)
  /// Of sockets: internet addresses that others could have, names of unix sockets.
  public static let addresses = Self(rawValue: 2)
  /// Arguments of programs.
  public static let arguments = Self(rawValue: 4)
  /// Names of machines.
  public static let hosts = Self(rawValue: 8)
  /// What tells of the machine and the run: host, kernel, libc, working folders, time.
  public static let environment = Self(rawValue: 16)

  public static let all: Self = [.paths, .addresses, .arguments, .hosts, .environment]

  /// In the order in which they are told.
  private static let named: [(name: String, scope: Self)] = [
    ("paths", .paths), ("addresses", .addresses), ("args", .arguments), ("hosts", .hosts),
    ("env", .environment),
  ]

  public static var names: [String] { named.map(\.name) }

  public var names: [String] { Self.named.filter { contains($0.scope) }.map(\.name) }

  /// Of `paths,args`, or `all`; nil for an unknown name.
  public init?(names: String) {
    self = []
    for name in names.split(separator: ",", omittingEmptySubsequences: false) {
      if name == "all" {
        formUnion(.all)
      } else if let scope = Self.named.first(where: { $0.name == name })?.scope {
        formUnion(scope)
      } else {
        return nil
      }
    }
  }
}
