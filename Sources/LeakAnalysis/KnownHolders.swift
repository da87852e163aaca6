import Suppressions

/// What is open on purpose, and by whom: `known-holders.supp`, or nothing.
public struct KnownHolders: Equatable, Sendable {
  let all: [Suppression]

  /// The list that is compiled in. That it can be read is what a test is for.
  public static let builtIn = KnownHolders(
    all: (try? SuppressionFile.parse(PackageResources.known_holders_supp, file: "built in")) ?? [])

  public static let none = KnownHolders(all: [])

  /// Those that may hold what was opened by a call.
  func candidates(for call: String) -> [Suppression] {
    guard !all.isEmpty else { return [] }
    let names = [call, CallName.plain(call)]
    return all.filter { $0.mayMatch(callNames: names) }
  }
}

extension Case: Suppressible {
  var callNames: [String] {
    fds.first.map { trace.callName($0.call) }.map { [$0, CallName.plain($0)] } ?? []
  }

  var kindName: String {
    guard let kind = fds.first?.kind, fds.allSatisfy({ $0.kind == kind }) else { return "unknown" }
    return kind.name
  }

  var fingerprintText: String? { nil }
  var suppressibleFrames: [SuppressibleFrame] { [] }

  var openDescriptors: [SuppressibleDescriptor] {
    fds.map { descriptor in
      let detail = descriptor.detail
      return SuppressibleDescriptor(
        names: [detail?.text, detail?.local?.description, detail?.remote?.description]
          .compactMap { $0 },
        owner: descriptor.owner.rawValue)
    }
  }
}
