import Foundation
import Testing

/// Debian's python3-jsonschema.
enum JSONSchemaValidator {
  /// Fails the test with what is wrong with one of the documents.
  static func expectValid(_ documents: [String], schema: String) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("fdtrack-schema-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    var arguments = ["-W", "ignore", "-m", "jsonschema"]
    for (number, document) in documents.enumerated() {
      let file = folder.appendingPathComponent("\(number).json")
      try Data(document.utf8).write(to: file)
      arguments += ["-i", file.path]
    }
    let output = folder.appendingPathComponent("output")
    try Data().write(to: output)
    let handle = try FileHandle(forWritingTo: output)
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    python.arguments = arguments + [schema]
    (python.standardOutput, python.standardError) = (handle, handle)
    try python.run()
    python.waitUntilExit()
    let complaints = try String(contentsOf: output, encoding: .utf8)
    #expect(python.terminationStatus == 0, "\(complaints.prefix(4_000))")
  }
}
