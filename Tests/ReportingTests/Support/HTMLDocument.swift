/// The tags of a document as a browser's tokenizer finds them, for tests. Refuses what the
/// renderer never writes: unquoted values, stray `<`, elements that stay open.
struct HTMLDocument {
  struct Tag: Equatable {
    var name: String
    /// As written: escaped.
    var attributes: [(name: String, value: String?)] = []

    func value(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
    func has(_ name: String) -> Bool { attributes.contains { $0.name == name } }

    static func == (a: Tag, b: Tag) -> Bool {
      a.name == b.name && a.attributes.elementsEqual(b.attributes) { $0 == $1 }
    }
  }

  struct Refusal: Error { var text: String }

  private(set) var tags: [Tag] = []
  /// What stands between tags, outside of style and script.
  private(set) var texts: [String] = []
  private(set) var style = ""
  private(set) var script = ""

  static let void: Set = ["meta", "input"]

  init(_ html: String) throws(Refusal) {
    var rest = Array(html.utf8)[...]
    let doctype = Array("<!DOCTYPE html>\n".utf8)
    guard rest.starts(with: doctype) else { throw Refusal(text: "no doctype") }
    rest = rest.dropFirst(doctype.count)
    var open: [String] = []
    while let next = rest.firstIndex(of: UInt8(ascii: "<")) {
      texts.append(String(decoding: rest[..<next], as: UTF8.self))
      rest = rest[(next + 1)...]
      if rest.first == UInt8(ascii: "/") {
        let name = String(
          decoding: rest.dropFirst().prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self)
        guard open.last == name else { throw Refusal(text: "</\(name)> in \(open)") }
        open.removeLast()
        rest = rest.dropFirst(name.utf8.count + 2)
        continue
      }
      let tag = try Self.tag(&rest)
      tags.append(tag)
      if tag.name == "style" || tag.name == "script" {
        let end = Array("</\(tag.name)>".utf8)
        guard let at = rest.indices.first(where: { rest[$0...].starts(with: end) }) else {
          throw Refusal(text: "open \(tag.name)")
        }
        let content = String(decoding: rest[..<at], as: UTF8.self)
        if tag.name == "style" { style += content } else { script += content }
        rest = rest[(at + end.count)...]
      } else if !Self.void.contains(tag.name) {
        open.append(tag.name)
      }
    }
    texts.append(String(decoding: rest, as: UTF8.self))
    guard open.isEmpty else { throw Refusal(text: "left open: \(open)") }
  }

  private static func tag(_ rest: inout ArraySlice<UInt8>) throws(Refusal) -> Tag {
    func isName(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
    }
    func name() -> String {
      let name = rest.prefix(while: isName)
      rest = rest.dropFirst(name.count)
      return String(decoding: name, as: UTF8.self)
    }
    var tag = Tag(name: name())
    guard !tag.name.isEmpty else { throw Refusal(text: "stray <") }
    while rest.first == UInt8(ascii: " ") {
      rest = rest.dropFirst()
      let attribute = name()
      guard !attribute.isEmpty else { throw Refusal(text: "attribute of \(tag.name)") }
      guard rest.starts(with: Array("=\"".utf8)) else {
        tag.attributes.append((attribute, nil))
        continue
      }
      rest = rest.dropFirst(2)
      let value = rest.prefix { $0 != UInt8(ascii: "\"") }
      rest = rest.dropFirst(value.count + 1)
      tag.attributes.append((attribute, String(decoding: value, as: UTF8.self)))
    }
    guard rest.popFirst() == UInt8(ascii: ">") else { throw Refusal(text: "end of \(tag.name)") }
    return tag
  }
}
