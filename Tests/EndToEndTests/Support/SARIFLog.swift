import Foundation

/// A SARIF log, as far as the tests ask.
struct SARIFLog: Decodable {
  let runs: [Run]

  struct Run: Decodable {
    let invocations: [Invocation]
    let originalUriBaseIds: [String: ArtifactLocation]?
    let results: [Result]
    let tool: Tool
  }

  struct Invocation: Decodable {
    let exitCode: Int?
    let exitSignalName: String?
    let executionSuccessful: Bool
    let toolExecutionNotifications: [Notification]
  }

  struct Notification: Decodable {
    let descriptor: Descriptor
    let level: String

    struct Descriptor: Decodable { let id: String }
  }

  struct Tool: Decodable {
    let driver: Driver

    struct Driver: Decodable {
      let rules: [Rule]
      let notifications: [Rule]
    }
  }

  struct Rule: Decodable { let id: String }

  struct Result: Decodable {
    let ruleId: String
    let ruleIndex: Int
    let level: String
    let message: Text
    let locations: [Location]
    let codeFlows: [CodeFlow]?
    let stacks: [Stack]
    let partialFingerprints: [String: String]?
    let suppressions: [Suppression]?
    let properties: Properties

    var fingerprint: String? { partialFingerprints?["fdtrackFingerprint/v1"] }
    var steps: [Location] { codeFlows?[0].threadFlows[0].locations.map(\.location) ?? [] }
  }

  struct Properties: Decodable {
    let verdict: String?
    let live: Int?
    /// Of a wrong use.
    let count: Int?
  }

  struct Text: Decodable { let text: String }
  struct CodeFlow: Decodable { let threadFlows: [ThreadFlow] }
  struct ThreadFlow: Decodable { let locations: [Step] }
  struct Step: Decodable { let location: Location }
  struct Stack: Decodable { let frames: [Frame] }
  struct Frame: Decodable { let location: Location }

  struct Suppression: Decodable {
    let justification: String
    let location: Location
  }

  struct Location: Decodable {
    let message: Text?
    let physicalLocation: PhysicalLocation?
    let logicalLocations: [LogicalLocation]?
  }

  struct LogicalLocation: Decodable { let name: String }

  struct PhysicalLocation: Decodable {
    let artifactLocation: ArtifactLocation
    let region: Region?
  }

  struct ArtifactLocation: Decodable {
    let uri: String
    let uriBaseId: String?
  }

  struct Region: Decodable { let startLine: Int }

  init(_ text: String) throws {
    self = try JSONDecoder().decode(SARIFLog.self, from: Data(text.utf8))
  }

  var results: [Result] { runs.flatMap(\.results) }
}
