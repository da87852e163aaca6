/// Renders a report as one HTML file, for tickets and for people who were not there.
///
/// The file holds all that it needs. Its Content-Security-Policy lets a browser load nothing and
/// run nothing but the one script whose hash it names; all of it can be read without that script.
public struct HTMLRenderer: Sendable {
  /// Bytes from which on sites are told in a line, and other lists end.
  let budget: Int

  public init() { self.init(budget: 2 << 20) }

  init(budget: Int) { self.budget = budget }

  /// Returns the document. Its length is bounded, whatever the trace holds; what is left out is
  /// counted in it.
  public func render(_ report: Report) -> String {
    let page = HTMLPage(report, budget: budget)
    var out = Markup()
    out.verbatim("<!DOCTYPE html>\n")
    out.element("html", .set("lang", "en")) { out in
      out.element("head") { page.head(&$0) }
      out.element("body") { page.body(&$0) }
    }
    out.verbatim("\n")
    return out.html
  }
}
