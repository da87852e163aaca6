/// What a validator says of files.
struct Validation {
  let isValid: Bool
  /// What is wrong, for people.
  let complaints: String
}

extension Validation {
  /// Holds JSON documents against a schema, by Debian's python3-jsonschema.
  ///
  /// - Parameter refersToOthers: the schema refers to schemas that stand beside it. One that is
  ///   named by an address must not: it would be looked for there.
  init(json files: [String], schema: String, refersToOthers: Bool = false) throws {
    let outcome = try run(
      ["/usr/bin/python3", "-W", "ignore", "-m", "jsonschema"]
        + (refersToOthers ? ["--base-uri", "file://" + schema] : [])
        + files.flatMap { ["-i", $0] } + [schema])
    // 1 is also how python ends when there is no such module.
    guard !outcome.errors.contains("No module named") else {
      throw TestFailure("python3-jsonschema is missing: run scripts/setup test")
    }
    isValid = outcome.status == .exit(0)
    complaints = String((outcome.output + outcome.errors).prefix(4_000))
  }
}

extension Validation {
  /// Holds an XML document against a W3C schema, by Debian's libxml2-utils.
  init(xml file: String, schema: String) throws {
    let outcome = try run(["/usr/bin/xmllint", "--noout", "--nonet", "--schema", schema, file])
    isValid = outcome.status == .exit(0)
    complaints = String(outcome.errors.prefix(4_000))
  }
}
