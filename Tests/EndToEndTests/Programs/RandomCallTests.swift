import Foundation
import Testing

@Suite("Random calls")
struct RandomCallTests {
  /// What makes functions of one's code into one, or calls of several lines: then the compiler's
  /// own debug information names the wrong one.
  private static let apart = "-fno-ipa-icf -fno-tree-tail-merge -fno-crossjumping"
  private static let options = ["-O2", "-O3", "-Os", "-O2 -fno-plt", "-O2 -fno-pie -no-pie"]

  /// The stacks by which a build of a program opened its files, as far as they are its own functions.
  private func stacks(of program: String, in folder: String) throws -> [String: [Report.Frame]] {
    let place = folder + "/\(program)-files"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    let trace = folder + "/\(program).bin"
    let outcome = try run(
      [folder + "/" + program], environment: shimEnvironment(trace: trace), folder: place)
    #expect(outcome.status == .exit(0))
    var found: [String: [Report.Frame]] = [:]
    for site in try report(on: trace, ["--all"]).sites {
      let own = site.stack.filter { $0.function?.wholeMatch(of: /f\d+/) != nil }
      for name in site.fds.compactMap(\.name) {
        found[URL(fileURLWithPath: name).lastPathComponent] = own
      }
    }
    return found
  }

  /// `scripts/tail-calls` gives others.
  private static let seeds: ClosedRange<UInt64> = {
    let given = ProcessInfo.processInfo.environment["FDTRACK_RANDOM_CALLS"] ?? ""
    let numbers = given.split(separator: " ").compactMap { UInt64($0) }
    return numbers.count == 2 ? numbers[0]...numbers[1] : 1000...1007
  }()

  @Test("Functions that jumped are told only where they ran, with the line that they jumped from")
  func toldAreTrue() throws {
    var (jumped, left) = (0, 0)
    for seed in Self.seeds {
      let (shipped, framed) = try builds(seed)
      #expect(framed.count == RandomCalls.files && shipped.count == framed.count, "seed \(seed)")
      for (file, truth) in framed {
        let told = shipped[file] ?? []
        #expect(isTrue(told, truth), "seed \(seed), \(file): \(told) of \(truth)")
        jumped += told.count(where: \.tailCall)
        left += truth.count - told.count
      }
    }
    print("\(jumped) functions that jumped were told, \(left) were not")
    #expect(jumped > 0)
  }

  /// The stacks of a program as it is shipped, and with a frame for each function that ran.
  private func builds(
    _ seed: UInt64
  ) throws -> (shipped: [String: [Report.Frame]], framed: [String: [Report.Frame]]) {
    try withScratch { folder in
      let program = RandomCalls(seed: seed)
      for (name, text) in program.sources { try write(text, to: folder + "/" + name) }
      let options = Self.options[Int(seed % UInt64(Self.options.count))] + " " + Self.apart
      func built(_ name: String, _ more: String) throws -> [String: [Report.Frame]] {
        let compile = "cc -std=gnu11 -g -w \(options) \(more)"
        var libraries = ""
        if !program.library.isEmpty {
          libraries = "lib\(name).so -Wl,-rpath,\(folder)"
          let sources = program.library.joined(separator: " ")
          try shell("\(compile) -fPIC -shared -o lib\(name).so \(sources)", in: folder)
        }
        let own = program.sources.keys.filter {
          $0.hasSuffix(".c") && !program.library.contains($0)
        }
        .sorted().joined(separator: " ")
        try shell("\(compile) -rdynamic -o \(name) \(own) \(libraries)", in: folder)
        return try stacks(of: name, in: folder)
      }
      return (try built("shipped", ""), try built("framed", "-fno-optimize-sibling-calls"))
    }
  }

  /// Whether all that is told is so, in its order; the lines where a function ran but once.
  private func isTrue(_ told: [Report.Frame], _ truth: [Report.Frame]) -> Bool {
    var rest = truth[...]
    for frame in told {
      guard let index = rest.firstIndex(where: { $0.function == frame.function }) else {
        return false
      }
      rest = rest[index...].dropFirst()
      let isOne = truth.count { $0.function == frame.function } == 1
      if isOne, frame.tailCall, let line = frame.line, line != truth[index].line { return false }
    }
    return true
  }
}
