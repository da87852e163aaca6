import Foundation
import Testing

/// What the pages show is held to what is printed by `scripts/docs --check`, as a step of
/// `scripts/test`: here it would share the machine with the other tests.
@Suite("The documentation")
struct DocumentationTests {
  /// Every page in Markdown, relative to the project.
  private static let pages = Result {
    try shell("cd $root && ls README.md CONTRIBUTING.md docs/*.md docs/*/*.md")
      .split(separator: "\n").map(String.init)
  }

  private static func text(of page: String) throws -> String {
    try String(contentsOfFile: Project.root + "/" + page, encoding: .utf8)
  }

  /// The pages with something to run.
  private static let pagesThatRun =
    (try? pages.get().filter { page in
      let text = try text(of: page)
      return text.contains("\n<!-- sample: ") || text.contains("\n<!-- commands: ")
    }) ?? []

  @Test("Each page is in the index, and each of a symptom ends in a report")
  func index() throws {
    let index = try Self.text(of: "docs/README.md")
    let pages = try Self.pages.get().filter { $0.hasPrefix("docs/") && $0 != "docs/README.md" }
    for page in pages {
      #expect(index.contains("(\(page.dropFirst("docs/".count)))"), "\(page)")
    }
    let symptoms = pages.filter { $0.hasPrefix("docs/symptoms/") }
    #expect(symptoms.count >= 5)
    #expect(Set(symptoms).isSubset(of: Self.pagesThatRun))
  }

  @Test("A page that shows what is not printed is refused")
  func refusal() throws {
    try withScratch { folder in
      let page = folder + "/page.md"
      let text = try Self.text(of: "docs/symptoms/too-many-open-files.md")
      try write(text.replacingOccurrences(of: "EISDIR", with: "EBADF"), to: page)
      let check = try run([Project.root + "/scripts/docs", "--check", page], patience: 300)
      #expect(check.status == .exit(1))
      #expect(check.output.contains("is printed, but it does not say: EISDIR"), "\(check.output)")
    }
  }

  @Test("A link in a page leads to a file, and to a heading in it")
  func links() throws {
    for page in try Self.pages.get() {
      let folder = URL(fileURLWithPath: Project.root + "/" + page).deletingLastPathComponent()
      for link in try Self.text(of: page).matches(of: /\]\(([^)#:]*)(?:#([^)]*))?\)/) {
        let target =
          link.output.1.isEmpty
          ? Project.root + "/" + page
          : folder.appendingPathComponent(String(link.output.1)).standardized.path
        #expect(FileManager.default.fileExists(atPath: target), "\(page): \(link.output.0)")
        guard let heading = link.output.2, target.hasSuffix(".md") else { continue }
        let headings = try String(contentsOfFile: target, encoding: .utf8)
          .matches(of: /(?m)^#+ (.*)$/).map { Self.anchor(String($0.output.1)) }
        #expect(headings.contains(String(heading)), "\(page): \(link.output.0)")
      }
    }
  }

  /// What a heading is called in links: small letters, and hyphens for spaces.
  private static func anchor(_ heading: String) -> String {
    String(
      heading.lowercased().compactMap {
        $0 == " " ? "-" : $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : nil
      })
  }
}
