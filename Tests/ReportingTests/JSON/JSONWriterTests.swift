import Testing

@testable import Reporting

@Suite("Writing JSON")
struct JSONWriterTests {
  private func text(_ body: (inout JSONWriter) -> Void) -> String {
    var text: [UInt8] = []
    var writer = JSONWriter {
      text.append(contentsOf: $0)
      return true
    }
    body(&writer)
    writer.end()
    return String(decoding: text.dropLast(), as: UTF8.self)
  }

  private func text(_ value: JSONValue) -> String { text { $0.write(value) } }

  @Test("Keys are sorted, and empty arrays and objects are told from others")
  func layout() {
    let value = JSONValue.object(["b": .array([.init(1), .null]), "a": .array([])])
    #expect(
      text(value) == "{\n  \"a\" : [\n\n  ],\n  \"b\" : [\n    1,\n    null\n  ]\n}")
    #expect(text(.object([:])) == "{\n\n}")
  }

  @Test("Several documents may follow each other, a line each")
  func lines() {
    var text: [UInt8] = []
    var writer = JSONWriter(.oneLine) {
      text.append(contentsOf: $0)
      return true
    }
    for number in 1...2 {
      writer.object { json in
        json.member("a", [])
        json.member("b", number)
        json.member("c") { _ in }
      }
      writer.endLine()
    }
    writer.flush()
    #expect(
      String(decoding: text, as: UTF8.self) == """
        {"a":[],"b":1,"c":{}}
        {"a":[],"b":2,"c":{}}

        """)
  }

  @Test("Numbers that JSON lacks are null, and whole ones have no fraction")
  func numbers() {
    #expect([Double.infinity, .nan].map { text(.number($0)) } == ["null", "null"])
    #expect([2, 0.5, -0.25].map { text(.number($0)) } == ["2", "0.5", "-0.25"])
    #expect(text(.unsigned(.max)) == "18446744073709551615")
    #expect([0, -7, .min].map { text(.integer($0)) } == ["0", "-7", "-9223372036854775808"])
  }

  @Test("Quotes, controls and hidden characters are escaped, in surrogates where needed")
  func escapes() {
    #expect(text(.string("a\"\\/\n\u{1}")) == #""a\"\\/\n\u0001""#)
    #expect(text(.string("é\u{202e}\u{7f}")) == #""é\u202e\u007f""#)
    #expect(text(.string("\u{e0001}")) == #""\udb40\udc01""#)
  }

  @Test("A long document comes in blocks, and ends early when nobody wants more")
  func blocks() {
    var sizes: [Int] = []
    var writer = JSONWriter {
      sizes.append($0.count)
      return sizes.count < 3
    }
    var written = 0
    writer.array(0..<1_000_000) { json, number in
      json.write("number \(number)")
      written += 1
    }
    writer.end()
    #expect(sizes.count == 3 && sizes.allSatisfy { (1 << 16..<1 << 17).contains($0) })
    #expect(written < 100_000)
  }
}
