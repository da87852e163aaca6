import Glibc

/// Which file a module is, by whatever path it is named.
struct FileIdentity: Hashable {
  private var device: UInt64 = 0
  private var inode: UInt64 = 0
  /// Where there is no file, the path tells.
  private var path: [UInt8] = []
  private let buildID: [UInt8]

  init(_ module: ModuleIdentity) {
    buildID = module.buildID
    var status = stat()
    let name = module.path.map(CChar.init(bitPattern:)) + [0]
    // Relative paths are nobody's.
    if module.path.first == UInt8(ascii: "/"), !module.path.contains(0), stat(name, &status) == 0 {
      (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    } else {
      path = module.path
    }
  }
}
