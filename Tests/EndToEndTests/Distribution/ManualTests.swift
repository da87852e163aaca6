import Foundation
import Testing

@Suite("The man pages")
struct ManualTests {
  /// Lends a folder with all pages.
  private func withPages(_ body: (String) throws -> Void) throws {
    try withScratch { folder in
      try shell("$root/scripts/man \(folder)")
      try body(folder)
    }
  }

  /// The subsection of a page, in mdoc(7), or all of it.
  private func source(_ page: String, subsection: String? = nil) throws -> String {
    let text = try String(contentsOfFile: page, encoding: .utf8)
    guard let subsection else { return text }
    let parts = text.components(separatedBy: "\n.Ss \(subsection)\n")
    guard parts.count == 2 else { throw TestFailure("\(page) has no one part \(subsection)") }
    return parts[1].components(separatedBy: "\n.S")[0]
  }

  /// The long options that a command's help tells of.
  private func options(of command: [String]) throws -> Set<String> {
    let help = try run(command + ["--help"])
    #expect(help.status == .exit(0))
    let options = help.output.matches(of: /(?m)^  (?:-\w, )?--([a-z][a-z-]*)/)
    return Set(options.map { String($0.output.1) })
  }

  private func expect(_ page: String, tells options: Set<String>) {
    #expect(options.contains("help"))
    for option in options {
      #expect(page.contains("Fl -\(option)\n") || page.contains("Fl -\(option) Ar "), "\(option)")
    }
  }

  @Test("They are right for mandoc, for groff, and for the index of man")
  func valid() throws {
    try withPages { folder in
      for page in ["fdtrack.1", "fdtrack-report.1", "libfdtrack.7"] {
        // What they refer to need not be installed where they are checked.
        let remarks = try shell(
          """
          { mandoc -T lint -W style \(page) 2>/dev/null || :; } |
            { grep -v 'referenced manual not found' || :; }
          groff -mandoc -Tutf8 -ww \(page) 2>&1 >/dev/null
          """, in: folder)
        #expect(remarks.isEmpty, "\(remarks)")
        let name = page.split(separator: ".")[0]
        #expect(try shell("lexgrog \(page)", in: folder).contains("\"\(name) - "))
      }
    }
  }

  @Test("Each option that the help of a program or a command tells of is in its page")
  func options() throws {
    try withPages { folder in
      try expect(
        source(folder + "/fdtrack-report.1"), tells: options(of: [Project.reporter]))
      for command in try Project.commands() {
        try expect(
          source(folder + "/fdtrack.1", subsection: "fdtrack \(command)"),
          tells: options(of: [Project.runner, command]))
      }
    }
  }

  @Test("Each variable that the recorder knows is in its page")
  func variables() throws {
    let names = try shell(
      "grep -rhoE '\"FDTRACK_[A-Z]+\"' $root/CShim/shim | tr -d '\"' | sort -u")
    let variables = names.split(separator: "\n")
    #expect(variables.contains("FDTRACK_OUT"))
    try withPages { folder in
      let page = try source(folder + "/libfdtrack.7")
      for variable in variables { #expect(page.contains("Ev \(variable)\n"), "\(variable)") }
    }
  }
}
