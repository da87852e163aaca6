import Symbolication
import Testing

@testable import Reporting
@testable import TraceModel

@Suite("Whether a stack leads to the code that called")
struct CallerReachTests {
  private let reach = CallerReach(
    [
      "/srv/server", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/bin/php8.2",
      "/usr/lib/jvm/java-17-openjdk-amd64/lib/libnio.so", "/srv/app/_fast.so",
      "/usr/lib/x86_64-linux-gnu/libcurl.so.4", "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0",
    ].enumerated().map { Module(number: $0 + 1, path: $1) },
    GeneratedCode(
      places: [
        .init(address: 1, frame: SourceFrame(function: "dial", file: "/srv/app.py")),
        .init(address: 2, frame: SourceFrame(function: "<module>", file: "<frozen runpy>")),
      ], maps: []))

  private func reaches(_ modules: Int..., then rest: [Frame] = []) -> Bool {
    reach.isReached(by: modules.map { .code(module: $0, address: 16) } + rest)
  }

  @Test("That of a program does, through libraries as well")
  func program() {
    #expect(reaches(1, 2) && reaches(6, 1, 2) && reaches(1, then: [.cut]))
  }

  @Test("That of an interpreter does not, though its own program stands farther out")
  func interpreter() {
    #expect(!reaches(3, 3, 2) && !reaches(2, 3) && !reaches(7, 1, 2))
  }

  @Test("What was made for it does, and so does a function of it that has a name")
  func extensions() {
    #expect(reaches(5, 7, 2))
    #expect(reaches(7, then: [.generated(0)]))
    #expect(!reaches(7, then: [.generated(1)]))
  }

  @Test("One that ends in a library does not, nor in code that has no name")
  func ended() {
    #expect(!reaches(4, then: [.absolute(0x7fde_2054), .broken]))
    #expect(!reaches(6, then: [.cut]))
  }

  @Test("That of a library's own thread does not: whoever asked is on no stack")
  func worker() {
    #expect(!reaches(6, 2) && !reaches(2, 6, 6, 2) && !reaches(2))
  }
}
