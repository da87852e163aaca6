import LeakAnalysis

/// The small change of sentences.
enum Wording {
  /// `1 call site`, `3 call sites`.
  static func count<Number: BinaryInteger>(
    _ number: Number, _ one: String, _ many: String? = nil
  ) -> String {
    number == 1 ? "1 \(one)" : "\(number) \(many ?? one + "s")"
  }

  /// With a capital letter first, as a sentence begins.
  static func capitalized(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }

  static func times(_ number: Int) -> String { number == 1 ? "once" : "\(number) times" }

  /// `all 40`, `38 of 40`, `it`.
  static func share(_ count: Int, _ of: Int) -> String {
    if count == of { return of == 1 ? "it" : "all \(of)" }
    return "\(count) of \(of)"
  }

  /// What failed: getsockopt only tells how the connection ended, and what does nothing but wait has
  /// no other end to tell of.
  static func failure(of api: String, _ error: String) -> String {
    if CallName.waits(api) { return "\(CallName.plain(api))() timed out" }
    return api == "getsockopt"
      ? "its connection failed with \(error), as getsockopt(SO_ERROR) told"
      : "\(api)() failed with \(error)"
  }

  /// The same of what happens again.
  static func failing(_ api: String, _ error: String) -> String {
    if CallName.waits(api) { return "\(CallName.plain(api))() times out" }
    return api == "getsockopt"
      ? "getsockopt(SO_ERROR) tells \(error)" : "\(api)() fails with \(error)"
  }

  static func over(_ ns: UInt64?) -> String { ns.map { " over \(DurationText.of($0))" } ?? "" }

  static func within(_ ns: UInt64?) -> String {
    ns.map { " within \(DurationText.of($0))" } ?? ""
  }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ items: [String], _ word: String = "and") -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " \(word) " + last
  }
}
