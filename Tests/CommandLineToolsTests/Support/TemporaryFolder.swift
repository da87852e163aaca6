import Foundation
import Glibc
import SystemPackage

/// A folder of a test's own, removed with everything in it.
final class TemporaryFolder: Sendable {
  /// Absolute, without links.
  let path: FilePath

  init() throws {
    var template = Array("/tmp/fdtrack-tests.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
    path = FilePath(platformString: template)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path.string)
  }

  func makeFolders(_ names: String...) throws {
    for name in names {
      var folder = path
      for component in FilePath(name).components {
        folder.append(component)
        guard mkdir(folder.string, 0o755) == 0 || errno == EEXIST else {
          throw Errno(rawValue: errno)
        }
      }
    }
  }

  func write(_ name: String, _ content: String, mode: CInterop.Mode = 0o644) throws -> FilePath {
    try write(name, Array(content.utf8), mode: mode)
  }

  func write(_ name: String, _ content: [UInt8], mode: CInterop.Mode = 0o644) throws -> FilePath {
    let file = path.pushing(FilePath(name))
    let descriptor = try FileDescriptor.open(
      file, .writeOnly, options: [.create, .truncate, .closeOnExec],
      permissions: FilePermissions(rawValue: mode))
    try descriptor.closeAfter { _ = try descriptor.writeAll(content) }
    return file
  }

  func read(_ file: FilePath) throws -> [UInt8] {
    let descriptor = try FileDescriptor.open(file, .readOnly, options: .closeOnExec)
    return try descriptor.closeAfter {
      let size = try descriptor.seek(offset: 0, from: .end)
      return try [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
        count = try descriptor.read(
          fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
      }
    }
  }

  func exists(_ name: String) -> Bool {
    var status = stat()
    return lstat(path.pushing(FilePath(name)).string, &status) == 0
  }
}
