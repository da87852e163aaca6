/// Names in the place of names: equal ones for equal ones, and nothing of what they stand for.
struct Pseudonyms: Sendable {
  let key: RedactionKey

  /// What a pseudonym stands for; the raw value is what it begins with.
  enum Kind: String, Sendable {
    case pathPart = "p-"
    case ipv4 = "ip4-"
    case ipv6 = "ip6-"
    case argument = "arg-"
    case mark = "mark-"
    case host = "host-"
    /// What people wrote.
    case text = "text-"
  }

  /// 40 bits: among 100 000 names the chance that any two share one is one in 200.
  func name(_ kind: Kind, for text: some StringProtocol) -> String {
    // The kind is hashed, too: equal texts of two kinds are not shown to be equal.
    let digits = String(key.hash(Array((kind.rawValue + text).utf8)) >> 24, radix: 16)
    return kind.rawValue + String(repeating: "0", count: 10 - digits.count) + digits
  }

  /// In the place of a fingerprint, which is a hash without a key: whoever guesses the names
  /// that it was made of could tell that they fit.
  func fingerprint(for fingerprint: String) -> String {
    let digits = String(key.hash(Array(("fingerprint-" + fingerprint).utf8)), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
