import Testing

@testable import Reporting

@Suite("Text that is shown")
struct VisibleTextTests {
  @Test(
    "What is too long ends in dots, and is as long as it may be",
    arguments: [
      ("abcd", "abcd"), ("äbcd", "äbcd"), ("abcde", "a..."), ("äöüßä", "ä..."), ("", ""),
    ])
  func cut(text: String, shown: String) { #expect(VisibleText.cut(text, to: 4) == shown) }

  @Test("A character of any number of marks is cut, too")
  func marks() {
    let text = "a" + String(repeating: "\u{301}", count: 1_000)
    #expect(text.count == 1)
    #expect(VisibleText.cut(text, to: 80).unicodeScalars.count == 80)
  }
}
