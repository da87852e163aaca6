extension Report {
  /// An element of `inheritance`.
  struct Kept: Decodable {
    let holder: Party
    let fds: [Int]
    let kind: String
    let name: String?
    let local: String?
    let listening: Bool
    let opener: Party
    let opened: Call
    let started: Call
    let handles: [Handle]
    let accused: Bool
    let keepsAddressBusy: Bool

    struct Party: Decodable {
      let process: Int
      let pid: Int
      let program: String?
      let life: String
      let traced: Bool?
    }

    struct Call: Decodable {
      let api: String
      let place: String?
      let stack: [Frame]
      let argv: [String]?
      let program: Int?
    }

    struct Handle: Decodable {
      let fds: [Int]
      let cause: String
      let byDesign: Bool
      let made: Call
      let late: Late?
      let advice: String?
    }

    struct Late: Decodable {
      let openedNs: UInt64
      let forkedNs: UInt64
      let flaggedNs: UInt64?
      let race: Bool?
    }
  }

  struct Sharing: Decodable {
    let descriptors: Int
    let original: Sharer?
    let others: [Sharer]

    struct Sharer: Decodable {
      let place: String?
      let count: Int?
    }
  }

  /// The only file of that name that a program kept.
  func kept(_ name: String) throws -> Kept {
    let found = inheritance.filter { $0.name?.split(separator: "/").last == name[...] }
    guard found.count == 1, let kept = found.first else {
      throw TestFailure("\(found.count) rows of \(name) among \(inheritance.map(\.name))")
    }
    return kept
  }
}
