import Suppressions

extension Case: Suppressible {
  var callNames: [String] { call.names }

  var kindName: String {
    guard let kind = fds.first?.kind, fds.allSatisfy({ $0.kind == kind }) else { return "unknown" }
    return kind.name
  }

  var verdictName: String? { nil }
  var fingerprintText: String? { nil }
  var suppressibleFrames: [SuppressibleFrame] { [] }

  func holdsOnly(where condition: (SuppressibleDescriptor) -> Bool) -> Bool {
    !fds.isEmpty
      && fds.allSatisfy { descriptor in
        let names = descriptor.detail.map {
          [$0.text, $0.local?.description, $0.remote?.description].compactMap { $0 }
        }
        return condition(
          SuppressibleDescriptor(names: names ?? [], owner: descriptor.owner.rawValue))
      }
  }
}
