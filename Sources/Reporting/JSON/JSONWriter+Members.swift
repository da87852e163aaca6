extension JSONWriter {
  /// A member that is null where there is no value, and else what `write` makes of it.
  mutating func member<Value>(
    _ key: StaticString, orNull value: Value?, _ write: (inout JSONWriter, Value) -> Void
  ) {
    self.key(key)
    if let value { write(&self, value) } else { null() }
  }

  mutating func member(_ key: StaticString, _ value: String?) {
    member(key, orNull: value) { $0.write($1) }
  }

  mutating func member(_ key: StaticString, _ value: Bool?) {
    member(key, orNull: value) { $0.write($1) }
  }

  mutating func member(_ key: StaticString, _ value: (some FixedWidthInteger)?) {
    member(key, orNull: value) { $0.write($1) }
  }

  mutating func member(_ key: StaticString, _ value: Double?) {
    member(key, orNull: value) { $0.write($1) }
  }

  mutating func member(_ key: StaticString, _ members: (inout JSONWriter) -> Void) {
    self.key(key)
    object(members)
  }

  mutating func member<Element>(
    _ key: StaticString, _ elements: some Sequence<Element>,
    _ element: (inout JSONWriter, Element) -> Void
  ) {
    self.key(key)
    array(elements, element)
  }

  /// Many small numbers, that nobody compares line by line.
  mutating func member(
    _ key: StaticString, onOneLine numbers: [some FixedWidthInteger]
  ) {
    self.key(key)
    row(numbers)
  }

  mutating func member(_ key: StaticString, _ texts: [String]) {
    self.key(key)
    array(texts) { $0.write($1) }
  }
}
