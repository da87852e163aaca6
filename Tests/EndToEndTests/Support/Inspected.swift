import Foundation

/// What `fdtrack pid --json` prints, as far as the tests ask.
struct Inspected: Decodable {
  let schema: String
  let count: Int?
  let headline: String
  let limit: Limit
  let process: Process
  let fds: [Descriptor]?
  let groups: [Group]
  let findings: [Finding]
  let growth: Growth?
  let unseen: [Unseen]

  struct Limit: Decodable {
    let soft: UInt64?
    let hard: UInt64?
  }

  struct Process: Decodable {
    let pid: Int
    let name: String
    let argv: [String]
    let startTicks: UInt64
    let thread: Int?
    let threads: Int
    let endedMeanwhile: Bool
    let lostItsLeader: Bool
    let otherNetworkNamespace: Bool
  }

  struct Descriptor: Decodable {
    let fd: Int
    let kind: String
    let name: String?
    let state: String?
    let access: String?
    let cloexec: Bool?
    let deleted: Bool
    let allocated: UInt64?
    let inode: UInt64?
    let socket: Socket?
    let special: Special?
    let sharers: [Holder]
    let peers: [Holder]
  }

  struct Socket: Decodable {
    let local: String?
    let remote: String?
    let tcpState: String?
    let `protocol`: String
    let abstract: Bool
    let unlinked: Bool?
    let peerClosed: Bool
    let peerInode: UInt64?
    let backlogWaiting: Int?
    let backlogLimit: Int?
    let receiveQueue: Int?
    let sendQueue: Int?
  }

  struct Special: Decodable, Equatable {
    var count: UInt64?
    var semaphore: Bool?
    var watches: Int?
    var stale: [Int]?
    var signals: [Int]?
    var pid: Int?
    var intervalNs: UInt64?
    var expirations: UInt64?
  }

  struct Holder: Decodable, Equatable {
    let pid: Int
    let name: String
    let fds: [Int]
  }

  struct Group: Decodable, Equatable {
    let kind: String
    let state: String?
    let count: Int
  }

  struct Finding: Decodable {
    let kind: String
    let fds: [Int]
    let holders: [Holder]
    let text: String
  }

  struct Unseen: Decodable {
    let kind: String
    let errno: Int32?
    let text: String
  }

  struct Growth: Decodable {
    let samples: [Sample]
    let change: Int
    let opened: Int?
    let closed: Int?
    let overNs: UInt64
    let perHour: Double?
    let limitInNs: UInt64?
    let groups: [Change]

    struct Sample: Decodable {
      let atNs: UInt64
      let count: Int
    }

    struct Change: Decodable {
      let kind: String
      let from: Int
      let to: Int
    }
  }

  init(json: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(Self.self, from: Data(json.utf8))
  }

  /// A descriptor that has to be there.
  func descriptor(_ fd: Int) throws -> Descriptor {
    guard let found = fds?.first(where: { $0.fd == fd }) else {
      throw TestFailure("fd \(fd) is not among \(fds?.map(\.fd) ?? [])")
    }
    return found
  }

  func finding(_ kind: String) throws -> Finding {
    guard let found = findings.first(where: { $0.kind == kind }) else {
      throw TestFailure("no \(kind) among \(findings.map(\.kind))")
    }
    return found
  }
}

/// What `fdtrack pid` says of a process that it can look at.
func inspect(_ pid: pid_t, _ options: [String] = []) throws -> Inspected {
  let outcome = try run([Project.runner, "pid", "\(pid)", "--json"] + options)
  guard outcome.status == .exit(0), outcome.errors.isEmpty else {
    throw TestFailure("fdtrack pid: \(outcome.status) \(outcome.errors)")
  }
  return try Inspected(json: outcome.output)
}

/// The fixture `holds_kinds`, and which descriptor it has for what.
struct Holdings {
  let program: Launched
  let numbers: [String: [Int]]

  /// Starts it and waits until it holds all.
  init(_ argument: String, wrapper: [String] = []) throws {
    program = try Launched(wrapper + [try Project.fixture("holds_kinds"), argument])
    var numbers: [String: [Int]] = [:]
    while true {
      let words = try program.readLine().split(separator: " ")
      if words.first == "ready" { break }
      guard words.count == 2, let number = Int(words[1]) else {
        throw TestFailure("holds_kinds: \(words)")
      }
      numbers[String(words[0]), default: []].append(number)
    }
    self.numbers = numbers
  }

  var pid: pid_t { program.pid }

  func number(_ role: String) throws -> Int {
    guard let number = numbers[role]?.first else { throw TestFailure("no \(role)") }
    return number
  }
}
