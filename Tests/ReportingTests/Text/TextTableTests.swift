import Testing

@testable import Reporting

@Suite("Tables of text") struct TextTableTests {
  @Test("Columns stand below one another, and cells that are too long go on below")
  func wrapped() {
    let table = TextTable(
      [["a", "what", "b"], ["12", "one two three four", "x y"]], width: 20, asciiOnly: true)
    #expect(
      table.lines == [["a   what         b"], ["12  one two      x y", "    three four"]])
  }

  @Test("A word that is wider than its column is broken, and wide characters are not lost")
  func narrow() {
    let table = TextTable([["abcdefghij", "漢字"]], width: 6, asciiOnly: false)
    #expect(table.lines.joined().joined().contains("漢"))
    #expect(table.lines.joined().joined().filter(\.isASCII).filter { $0 != " " } == "abcdefghij")
  }

  @Test("Rows may have fewer cells than others, or none")
  func ragged() {
    #expect(TextTable([["a"], [], ["b", "c"]], width: 9, asciiOnly: true).lines.count == 3)
    #expect(TextTable([], width: 9, asciiOnly: true).lines.isEmpty)
  }
}
