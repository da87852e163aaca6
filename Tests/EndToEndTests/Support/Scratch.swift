import Foundation

/// Lends a new, empty folder to `body` and removes it afterwards. Its path has
/// no links, so that it compares with what the kernel tells.
func withScratch<Result>(_ body: (String) throws -> Result) throws -> Result {
  let parent = URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath().path
  var template = Array("\(parent)/fdtrack-test-XXXXXX".utf8CString)
  guard let name = mkdtemp(&template) else { throw TestFailure("mkdtemp: errno \(errno)") }
  let folder = String(cString: name)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

func write(_ text: String, to path: String, executable: Bool = false) throws {
  try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  guard chmod(path, executable ? 0o755 : 0o644) == 0 else { throw TestFailure("chmod \(path)") }
}

func read(_ path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}
