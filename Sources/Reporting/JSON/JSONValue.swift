/// A JSON value whose keys are spelled out where it is built, so that every key of the schema
/// is there, null included.
public enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case unsigned(UInt64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(_ value: Int) { self = .integer(Int64(value)) }
  init(_ value: Int32) { self = .integer(Int64(value)) }
  init(_ value: Int?) { self = value.map { .init($0) } ?? .null }
  init(_ value: UInt64) { self = .unsigned(value) }
  init(_ value: UInt64?) { self = value.map(JSONValue.unsigned) ?? .null }
  init(_ value: String) { self = .string(value) }
  init(_ value: String?) { self = value.map(JSONValue.string) ?? .null }
  init(_ value: Bool) { self = .bool(value) }
}
