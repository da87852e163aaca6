import Suppressions

/// What is asked of the function that opened, in each of its cases.
final class CaseCall: Sendable {
  /// Its name, and the one in the manual.
  let names: [String]
  /// Known holders that may be asked: of a million sites few differ in the call.
  let holders: [Suppression]
  let makesPairs: Bool
  let accepts: Bool

  init(_ name: String, _ holders: KnownHolders) {
    names = CallName.all(name)
    self.holders = holders.candidates(for: names)
    makesPairs = CallName.makesPairs(name)
    accepts = CallName.accepts(name)
  }
}
