import Foundation
import Testing

@Suite("What is known to be held on purpose")
struct KnownHolderTests {
  @Test("The list is in the program, wherever that is copied, and can be switched off")
  func copied() throws {
    try withScratch { folder in
      let trace = folder + "/trace.bin"
      try run(
        ["/usr/bin/perl", "-e", "getpwent"], environment: shimEnvironment(trace: trace),
        folder: folder)
      let copy = folder + "/reporter"
      try copyProgram(Project.reporter, to: copy)
      let known = try run([copy, "--format", "markdown", trace], folder: folder)
      #expect(known.status == .exit(0))
      #expect(known.output.contains("walk through the users until endpwent() is called."))
      let other = try run(
        [copy, "--format", "markdown", "--no-known-holders", trace], folder: folder)
      #expect(other.status == .exit(0))
      #expect(other.output.contains("getpwent") && !other.output.contains("endpwent"))
    }
  }
}
