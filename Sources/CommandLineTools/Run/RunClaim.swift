import Glibc
import SystemPackage
import TraceModel

/// Keeps two `fdtrack run` that start at the same moment in one folder
/// (`make -j`) from choosing the same trace.
///
/// The claim is an abstract unix socket's name (unix(7)): taken in one step, and
/// given back by the kernel however its holder ends.
struct RunClaim: ~Copyable {
  private let descriptor: CInt

  /// nil when another process holds the claim. When no claim can be made at all
  /// (no unix sockets), everything is granted: the recorder itself still creates
  /// its file exclusively.
  init?(_ path: FilePath) {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0, let name = Self.name(for: path) else { return }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { field in
      field.dropFirst().prefix(name.count).copyBytes(from: name)
    }
    let size = MemoryLayout<sa_family_t>.size + 1 + name.count
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(size))
      }
    }
    if result != 0 && errno == EADDRINUSE { return nil }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// The folder's identity and a hash of the name: a path may be too long.
  private static func name(for path: FilePath) -> [UInt8]? {
    var status = stat()
    guard path.removingLastComponent().withPlatformString({ stat($0, &status) }) == 0,
      let file = path.lastComponent
    else { return nil }
    var hash = FNV1a()
    hash.add(file.string)
    return Array("fdtrack:\(status.st_dev):\(status.st_ino):\(hash.value)".utf8)
  }
}
