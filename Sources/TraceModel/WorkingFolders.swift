/// The folders in which processes of a trace worked when they started: where modules that were
/// loaded by a relative path are looked for.
public struct WorkingFolders: Equatable, Sendable {
  /// A trace decides how many there are.
  private static let limit = 16

  private var folders: [String] = []

  public init() {}

  init(of processes: [TracedProcess]) {
    for process in processes where folders.count < Self.limit {
      guard let folder = process.cwd, folder.hasPrefix("/"), !folders.contains(folder) else {
        continue
      }
      folders.append(folder)
    }
  }

  /// Gives a module that was loaded by a relative path the whole one, where one of the folders
  /// has such a file. That it is the build that was traced, its build-id has to prove.
  public func complete(_ module: inout Module, _ isFile: (String) -> Bool) {
    guard var path = module.path?[...], !path.hasPrefix("/"), path.utf8.contains(UInt8(ascii: "/")),
      !module.buildID.isEmpty
    else { return }
    while path.hasPrefix("./") { path = path.dropFirst(2) }
    guard let whole = folders.lazy.map({ "\($0)/\(path)" }).first(where: isFile) else { return }
    module.path = whole
  }
}

extension Trace {
  /// ``WorkingFolders/complete(_:_:)`` for all modules.
  public mutating func completeModulePaths(_ isFile: (String) -> Bool) {
    let folders = WorkingFolders(of: processes)
    for index in modules.indices { folders.complete(&modules[index], isFile) }
  }
}

extension LiveReading {
  public var workingFolders: WorkingFolders { WorkingFolders(of: processes) }
}
