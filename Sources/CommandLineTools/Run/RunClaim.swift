import Glibc
import SystemPackage

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
    // FNV-1a, since Swift's own hash differs from process to process.
    let hash = file.string.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
    }
    return Array("fdtrack:\(status.st_dev):\(status.st_ino):\(hash)".utf8)
  }
}
