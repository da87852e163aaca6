/// HTML under construction. Elements close themselves, and texts and attribute values are escaped
/// on their way in: nothing from a trace becomes markup, and nothing stays open.
struct Markup {
  private(set) var html = ""

  /// In bytes.
  var size: Int { html.utf8.count }

  /// Writes an element and what `content` puts into it. Attributes that are nil are left out.
  mutating func element(
    _ name: StaticString, _ attributes: Attribute?..., content: (inout Markup) -> Void
  ) {
    open(name, attributes)
    content(&self)
    close(name)
  }

  /// Writes an element that holds a text.
  mutating func element(_ name: StaticString, _ attributes: Attribute?..., text: String) {
    open(name, attributes)
    write(text)
    close(name)
  }

  /// Writes an element that holds nothing and has no end tag, such as `input`.
  mutating func void(_ name: StaticString, _ attributes: Attribute?...) { open(name, attributes) }

  mutating func write(_ text: String) { html += HTMLText.escaped(text) }

  /// Writes what is markup already, such as a style sheet: constants only.
  mutating func verbatim(_ constant: String) { html += constant }

  private mutating func open(_ name: StaticString, _ attributes: [Attribute?]) {
    html += "<\(name)"
    for case let attribute? in attributes {
      html += " \(attribute.name)"
      if let value = attribute.value { html += "=\"" + HTMLText.escaped(value) + "\"" }
    }
    html += ">"
  }

  private mutating func close(_ name: StaticString) {
    html += "</\(name)>"
    // For people who look at the source; spaces between these are not shown.
    if Self.ownLine.contains("\(name)") { html += "\n" }
  }

  private static let ownLine: Set = [
    "article", "details", "div", "dl", "footer", "h1", "h2", "h3", "header", "li", "main", "nav",
    "ol", "p", "section", "style", "summary", "svg", "table", "tbody", "title", "tr", "ul",
  ]
}

extension Markup {
  /// A place in the document that can be linked to. There are links to nothing else.
  enum Anchor {
    case named(StaticString)
    /// Of a section.
    case heading(StaticString)
    case site(Int)
    case siteTitle(Int)
    case process(Int)

    var text: String {
      switch self {
      case .named(let name): "\(name)"
      case .heading(let name): "\(name)-title"
      case .site(let id): "site-\(id)"
      case .siteTitle(let id): "site-\(id)-title"
      case .process(let id): "process-\(id)"
      }
    }
  }

  struct Attribute {
    fileprivate let name: StaticString
    fileprivate let value: String?

    private init(_ name: StaticString, _ value: String?) { (self.name, self.value) = (name, value) }

    static func flag(_ name: StaticString) -> Self { Self(name, nil) }
    static func set(_ name: StaticString, _ value: StaticString) -> Self { Self(name, "\(value)") }
    static func number(_ name: StaticString, _ value: Int) -> Self { Self(name, "\(value)") }
    /// Only for attributes that a browser takes for nothing but text: `data-…`, `aria-label`,
    /// `value`, `title`.
    static func text(_ name: StaticString, _ value: String) -> Self { Self(name, value) }
    static func id(_ anchor: Anchor) -> Self { Self("id", anchor.text) }
    static func link(_ anchor: Anchor) -> Self { Self("href", "#" + anchor.text) }
    static func labelled(by anchor: Anchor) -> Self { Self("aria-labelledby", anchor.text) }
    static func `class`(_ names: StaticString...) -> Self {
      Self("class", names.map { "\($0)" }.joined(separator: " "))
    }
  }
}
