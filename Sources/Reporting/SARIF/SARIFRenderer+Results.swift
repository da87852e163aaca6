extension SARIFRenderer {
  /// - Parameter occurrence: which one this is of those with its rule and fingerprint.
  func result(
    _ json: inout JSONWriter, _ result: SARIFResult, _ occurrence: Int, _ places: SARIFPlaces,
    withSuppressions: Bool
  ) {
    json.object { json in
      let steps = result.steps.filter { places.source(of: $0.frame) != nil }
        .suffix(Self.stepLimit)
      if !steps.isEmpty {
        json.member("codeFlows", CollectionOfOne(())) { json, _ in
          json.object { json in
            json.member("threadFlows", CollectionOfOne(())) { json, _ in
              json.object { json in
                json.member("locations", steps.enumerated()) { json, step in
                  self.step(step.element, step.offset, places, &json)
                }
              }
            }
          }
        }
      }
      json.member("level", result.level.rawValue)
      places.locations(of: result, &json)
      json.member("message") { $0.member("text", result.message) }
      if let fingerprint = result.fingerprint {
        json.member("partialFingerprints") {
          $0.member("fdtrackFingerprint/v1", fingerprint)
          // The one that GitHub matches alerts by; without it, it takes a hash of the line.
          $0.member("primaryLocationLineHash", "\(fingerprint):\(occurrence)")
        }
      }
      json.member("properties", result.properties)
      json.member("ruleId", VisibleText.escaped(result.rule))
      if let index = SARIFRule.index(of: result.rule) { json.member("ruleIndex", index) }
      json.member("stacks", result.stacks) { places.stack($1, &$0) }
      // All results have the member, or none has (3.27.23).
      if withSuppressions {
        json.member("suppressions", [result.suppressed].compactMap { $0 }) {
          suppression(&$0, $1, places)
        }
      }
    }
  }

  private func step(
    _ step: SARIFResult.Step, _ order: Int, _ places: SARIFPlaces, _ json: inout JSONWriter
  ) {
    json.object { json in
      json.member("executionOrder", order + 1)
      json.member("importance", step.isEssential ? "essential" : "unimportant")
      json.member("kinds", step.kinds)
      json.key("location")
      places.location(step.frame, message: step.text, &json)
      json.member("nestingLevel", step.level)
    }
  }

  private func suppression(
    _ json: inout JSONWriter, _ by: Report.Suppressed, _ places: SARIFPlaces
  ) {
    json.object { json in
      let reason = by.reason.map { ": \($0)" } ?? ""
      json.member("justification", VisibleText.escaped(by.name + reason))
      json.member("kind", "external")
      json.member("location") {
        $0.member("physicalLocation") { json in
          // Relative to where the report was made, which is no folder of the run's.
          if by.file.hasPrefix("/") {
            _ = places.artifact(by.file, &json, as: "artifactLocation")
          } else {
            let uri = FileURI.relative(by.file, to: "/") ?? "."
            json.member("artifactLocation") { $0.member("uri", uri) }
          }
          json.member("region") { $0.member("startLine", max(1, by.line)) }
        }
      }
    }
  }
}
