import Foundation

/// What `fdtrack-report --format json` prints, as far as the tests ask.
struct Report: Decodable {
  let schema: String
  let trace: Trace
  let processes: [Process]
  let sites: [Site]
  let misuse: [Misuse]
  let inheritance: [Kept]
  let marks: [Mark]

  struct Mark: Decodable, Equatable {
    let name: String?
    let runs: Int
    let open: Int
    let leaked: Int
    let suspect: Int
  }

  struct Trace: Decodable {
    let id: String
    let processes: Int
    let eventsKept: UInt64
    let eventsTotal: UInt64
    let losses: [String: UInt64]
    let coverage: Coverage
  }

  struct Coverage: Decodable {
    let unseen: Int
    let vanished: Int
  }

  struct Process: Decodable {
    let id: Int
    let pid: Int
    let parent: Int?
    let how: String
    let exe: String?
    let argv: [String]
    let fdLimit: UInt64?
    let end: End
    let openAtEnd: Int
    let inherited: [Inherited]
    let unseen: [Descriptor]
    let limitHit: LimitHit?
    let coverage: Coverage

    struct Coverage: Decodable {
      let checkedLast: Bool
      let directCalls: Bool
      let loadedAround: LoadedAround?
    }

    struct LoadedAround: Decodable, Equatable {
      let count: Int
      let first: String?
    }

    struct LimitHit: Decodable {
      let api: String
      let holders: [Holder]

      struct Holder: Decodable {
        let count: Int
        let openedAt: String?
      }
    }
  }

  struct End: Decodable, Equatable {
    let kind: String
    let code: Int?
  }

  struct Inherited: Decodable {
    let fd: Int
    let kind: String
    let name: String?
    let via: String
    let openedBy: Int?
    let site: Int?
  }

  struct MarkShare: Decodable, Equatable {
    let mark: String?
    let count: Int
  }

  struct Site: Decodable {
    let id: Int
    let fingerprint: String
    let verdict: String
    let reasons: [Reason]
    let api: String
    let kind: String
    let opened: UInt64
    let closed: UInt64
    let live: Int
    let marks: [MarkShare]
    let objects: Int
    let sharing: Sharing?
    let peak: Int
    let byProcess: [ByProcess]
    let stack: [Frame]
    let fds: [Descriptor]
    let cause: Cause?
    let advice: [String]
  }

  struct Reason: Decodable {
    let code: String
    let text: String
  }

  struct Cause: Decodable {
    let api: String
    let errorName: String?
    let stack: [Frame]
  }

  struct ByProcess: Decodable {
    let process: Int
    let opened: UInt64
    let closed: UInt64
    let live: Int
  }

  struct Frame: Decodable {
    let function: String?
    let file: String?
    let line: Int?
    let module: String?
    let inlined: Bool
    let tailCall: Bool
  }

  struct Descriptor: Decodable {
    let process: Int
    let fd: Int
    let kind: String
    let name: String?
    let local: String?
    let remote: String?
    let state: String?
    let end: String?
    let thread: Int?
  }

  struct Misuse: Decodable {
    let kind: String
    let fingerprint: String
    let fd: Int
    let count: UInt64
    let api: String
    let stack: [Frame]
    let openedAt: [Frame]
    let closedAt: [Frame]
    let noticedAt: [Frame]
  }

  init(json: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(Report.self, from: Data(json.utf8))
  }
}
