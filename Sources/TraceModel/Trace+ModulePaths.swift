extension Trace {
  /// Folders that are tried: a trace decides how many there are.
  private static let foldersTried = 16

  /// Gives modules that were loaded by a relative path the whole one, where a process of the
  /// trace worked in a folder that has such a file. That it is the build that was traced, its
  /// build-id has to prove.
  public mutating func completeModulePaths(_ isFile: (String) -> Bool) {
    let relative = modules.indices.filter {
      guard let path = modules[$0].path else { return false }
      return !path.hasPrefix("/") && path.utf8.contains(UInt8(ascii: "/"))
        && !modules[$0].buildID.isEmpty
    }
    guard !relative.isEmpty else { return }
    var folders: [String] = []
    for process in processes {
      guard let folder = process.cwd, folder.hasPrefix("/"), !folders.contains(folder) else {
        continue
      }
      folders.append(folder)
      if folders.count == Self.foldersTried { break }
    }
    for index in relative {
      var path = modules[index].path?[...] ?? ""
      while path.hasPrefix("./") { path = path.dropFirst(2) }
      modules[index].path =
        folders.map { "\($0)/\(path)" }.first(where: isFile)
        ?? modules[index].path
    }
  }
}
