import Foundation
import Testing

@Suite("The README")
struct ReadmeTests {
  /// The shell block that follows a heading-like comment `<!-- NAME -->`.
  private func block(_ name: String) throws -> String {
    let readme = try String(contentsOfFile: Project.root + "/README.md", encoding: .utf8)
    guard let mark = readme.range(of: "<!-- \(name) -->"),
      let start = readme.range(of: "```sh\n", range: mark.upperBound..<readme.endIndex),
      let end = readme.range(of: "```", range: start.upperBound..<readme.endIndex)
    else { throw TestFailure("no block \(name)") }
    return String(readme[start.upperBound..<end.lowerBound])
  }

  /// A folder as the README takes it for granted: built, with a leaking ./server.
  private func withServer(_ body: (String) throws -> Void) throws {
    try withScratch { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/.build", withIntermediateDirectories: false)
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/.build/fdtrack", withDestinationPath: Project.product)
      let fixture = try Project.fixture("manners")
      try write("#!/bin/sh\nexec \(fixture) leak\n", to: folder + "/server", executable: true)
      try body(folder)
    }
  }

  @Test(
    "Its usage works as it stands",
    arguments: [
      "usage", "usage: run", "usage: fail a build", "usage: fail on a new leak",
      "usage: suppress what is known",
    ])
  func usage(name: String) throws {
    try withServer { folder in
      let outcome = try run(["/bin/sh", "-c", try block(name)], folder: folder)
      #expect(outcome.status == .exit(name.hasSuffix("build") ? 1 : 0), "\(outcome.errors)")
      let line = try Project.line(of: "LEAK: manners", in: "manners.c")
      let text = outcome.output + outcome.errors
      #expect(text.contains("manners.c:\(line)"), "\(text)")
      if name.hasSuffix("known") { #expect(text.contains("SUPPRESSED")) }
      if name.hasSuffix("new leak") { #expect(text.contains("unchanged")) }
    }
  }

  @Test("Its two commands are scripts that exist")
  func commands() throws {
    let commands = try block("two commands").split(separator: "\n")
    let programs = commands.compactMap { $0.split(separator: " ").first }
      .filter { $0.hasPrefix("scripts/") }
    #expect(programs == ["scripts/demo", "scripts/test"])
    for program in programs {
      #expect(access(Project.root + "/" + program, X_OK) == 0)
    }
  }
}
