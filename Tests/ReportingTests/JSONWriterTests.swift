import Testing

@testable import Reporting

@Suite("Writing JSON")
struct JSONWriterTests {
  private func text(_ value: JSONValue) -> String {
    var writer = JSONWriter()
    writer.write(value)
    return writer.text
  }

  @Test("Keys are sorted, and empty arrays and objects are told from others")
  func layout() {
    let value = JSONValue.object(["b": .array([.init(1), .null]), "a": .array([])])
    #expect(
      text(value) == "{\n  \"a\" : [\n\n  ],\n  \"b\" : [\n    1,\n    null\n  ]\n}")
    #expect(text(.object([:])) == "{\n\n}")
  }

  @Test("Numbers that JSON lacks are null, and whole ones have no fraction")
  func numbers() {
    #expect([Double.infinity, .nan].map { text(.number($0)) } == ["null", "null"])
    #expect([2, 0.5, -0.25].map { text(.number($0)) } == ["2", "0.5", "-0.25"])
    #expect(text(.unsigned(.max)) == "18446744073709551615")
  }

  @Test("Quotes, controls and hidden characters are escaped, in surrogates where needed")
  func escapes() {
    #expect(text(.string("a\"\\/\n\u{1}")) == #""a\"\\/\n\u0001""#)
    #expect(text(.string("é\u{202e}\u{7f}")) == #""é\u202e\u007f""#)
    #expect(text(.string("\u{e0001}")) == #""\udb40\udc01""#)
  }
}
