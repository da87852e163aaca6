extension HTMLPage {
  /// Nothing is loaded, sent, framed or run, but for what stands in this file and has these
  /// hashes. Trusted Types forbid the script itself to make markup of texts.
  static let policy = [
    "default-src 'none'",
    "style-src 'sha256-\(HTMLResources.styleHash)'",
    "script-src 'sha256-\(HTMLResources.scriptHash)'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].joined(separator: "; ")

  func head(_ out: inout Markup) {
    out.void("meta", .set("charset", "utf-8"))
    out.verbatim("\n")
    // Before all that it is to hold for.
    out.verbatim(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"\(Self.policy)\">\n")
    out.void(
      "meta", .set("name", "viewport"), .set("content", "width=device-width, initial-scale=1"))
    out.void("meta", .set("name", "color-scheme"), .set("content", "light dark"))
    out.void("meta", .set("name", "referrer"), .set("content", "no-referrer"))
    out.void("meta", .set("name", "robots"), .set("content", "noindex"))
    out.verbatim("\n")
    out.element("title", text: "fdtrack: " + narrative.headline)
    out.element("style") { $0.verbatim(HTMLResources.style) }
  }
}
