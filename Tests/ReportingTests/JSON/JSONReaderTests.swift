import Testing

@testable import Reporting

@Suite("Reading JSON as it comes")
struct JSONReaderTests {
  /// Feeds a text in pieces of a size.
  private func reader(_ text: some Collection<UInt8>, pieces: Int = 3) -> JSONReader {
    var rest = Array(text)[...]
    return JSONReader { () throws(JSONReadError) -> [UInt8] in
      defer { rest = rest.dropFirst(pieces) }
      return Array(rest.prefix(pieces))
    }
  }

  /// Reads a whole value into a form that can be compared, strings cut at `limit`.
  private func outline(_ reader: inout JSONReader, limit: Int = 1000) throws(JSONReadError)
    -> String
  {
    if try reader.isObject {
      var out: [String] = []
      try reader.object { (reader, key) throws(JSONReadError) in
        out.append("\(key)=\(try outline(&reader, limit: limit))")
      }
      return "{\(out.joined(separator: ";"))}"
    }
    return try reader.string(limit: limit).map { "<\($0)>" } ?? "_"
  }

  @Test("Members and strings are read, whatever the pieces in which they come", arguments: 1...9)
  func values(pieces: Int) throws {
    let text = #"""
       { "a" : "x\n\"\\\/é漢\u00e9\ud83d\ude00" , "b":{"c":"","d":[1,{"e":[]}],"f":-1.5e3},
      "g":true,"h":null , "i":{}, "j":""}
      """#
    var reader = reader(text.utf8, pieces: pieces)
    #expect(
      try outline(&reader) == "{a=<x\n\"\\/é漢é😀>;b={c=<>;d=_;f=_};g=_;h=_;i={};j=<>}")
    try reader.end()
  }

  @Test("Lists are handed over value by value, counts are whole numbers")
  func lists() throws {
    var reader = reader(
      #"[7, 0, 18446744073709551615, 18446744073709551616, -1, 1.5, "7", []]"#.utf8)
    var counts: [UInt64?] = []
    try reader.array { (reader) throws(JSONReadError) in counts.append(try reader.count()) }
    #expect(counts == [7, 0, .max, nil, nil, nil, nil, nil])
  }

  @Test("Strings are cut where the caller wants no more")
  func cut() throws {
    var long = reader(("\"" + String(repeating: "x", count: 100_000) + "\"").utf8, pieces: 4096)
    #expect(try long.string(limit: 10) == "xxxxxxxxxx")
    try long.end()
  }

  @Test("Halves of characters and bytes that are not UTF-8 are replaced")
  func replaced() throws {
    for text in [#""\ud800""#, #""\udc00""#, #""\ud800\u0041""#] {
      var reader = reader(text.utf8)
      #expect(try reader.string(limit: 100) == "\u{fffd}")
    }
    var bytes = reader([0x22, 0xff, 0x22])
    #expect(try bytes.string(limit: 100) == "\u{fffd}")
  }

  @Test(
    "What is no JSON is told with its offset",
    arguments: [
      ("", 0), ("{", 1), ("{\"a\"", 4), ("{\"a\" 1}", 5), ("{\"a\":1,}", 7),
      ("{\"a\":1 \"b\":2}", 7),
      ("{\"a\":[1,2}", 9), ("{a:1}", 1), ("{\"a\":tru}", 5), ("{\"a\":\"\n\"}", 6),
      ("{\"a\":\"\\x\"}", 6), ("{\"a\":\"\\u12g4\"}", 6), ("{\"a\":\"\\ud800\\n\"}", 6),
      ("{} {}", 3), ("{\"a\":\"", 6), ("{\"a\":,}", 5), ("{\"a\":--}", 5),
    ] as [(String, Int)])
  func refused(text: String, offset: Int) {
    #expect {
      var reader = reader(text.utf8)
      guard try reader.isObject else { return try reader.skip() }
      try reader.skip()
      try reader.end()
    } throws: { ($0 as? JSONReadError)?.offset == offset }
  }

  @Test("Nesting is bounded")
  func nesting() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    var fine = reader(nested(JSONReader.depthLimit).utf8)
    try fine.skip()
    try fine.end()
    #expect(throws: JSONReadError("is nested too deeply", at: JSONReader.depthLimit)) {
      var deep = reader(nested(1_000_000).utf8)
      try deep.skip()
    }
  }

  @Test("A source that fails is told as that")
  func source() {
    #expect(throws: JSONReadError("went away")) {
      var reader = JSONReader { () throws(JSONReadError) -> [UInt8] in
        throw JSONReadError("went away")
      }
      try reader.skip()
    }
  }
}
