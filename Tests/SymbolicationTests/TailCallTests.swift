import Foundation
import Testing

@testable import Symbolication

/// Of functions that end with a call, which is a jump: nothing of a stack tells that they ran.
@Suite("Tail calls")
struct TailCallTests {
  let fixture: Fixture
  init() throws { fixture = try Fixture() }

  /// The address that a frame of `function` has which called `callee`.
  private func call(
    of callee: String, in function: String, _ program: String, machine: String = ""
  ) throws -> UInt64 {
    let lines = try fixture.run(machine + "objdump", "-d", "--no-show-raw-insn", program)
      .split(separator: "\n", omittingEmptySubsequences: false)
    var isInside = false
    for (index, line) in lines.enumerated() {
      if line.hasSuffix(">:") { isInside = line.hasSuffix("<\(function)>:") }
      let fields = line.split(whereSeparator: \.isWhitespace)
      guard isInside, fields.contains("call") || fields.contains("bl"),
        line.contains("<\(callee)>") || line.contains("<\(callee)@plt>")
      else { continue }
      let next = lines[index + 1].split(whereSeparator: \.isWhitespace)[0].dropLast()
      return UInt64(next, radix: 16)! - 1
    }
    throw Fixture.ToolFailed(command: ["objdump"], output: "no call of \(callee) in \(function)")
  }

  private func callers(
    _ function: String, of callee: String, _ flags: [String], recorded: Set<String> = ["close"]
  ) throws -> [TailCaller] {
    try fixture.compile(Self.source, as: "tail.c", to: "program", with: flags)
    let call = try call(of: callee, in: function, "program")
    let request = Symbolizer.Request(
      module: try fixture.identity(of: "program"), addresses: [call],
      calls: [.recorded(at: call)])
    return Symbolizer(recorded: recorded).symbolize([request])[0].tailCallers(
      of: .recorded(at: call))
  }

  @Test(
    "A function that jumped to the recorded call is named, with the line of the jump",
    arguments: [
      ["-O2", "-gdwarf-5"], ["-O2", "-gdwarf-4"], ["-O2", "-g", "-no-pie"],
      ["-O2", "-g", "-shared", "-fPIC"], ["-O2", "-g", "-shared", "-fPIC", "-Wl,-z,lazy"],
      ["-O2", "-g", "-shared", "-fPIC", "-Wl,-z,now"], ["-O2", "-g", "-fcf-protection=none"],
    ])
  func jump(flags: [String]) throws {
    let found = try callers("serve", of: "drop", flags)
    #expect(found.map { $0.frames.map(\.function) } == [["drop"]])
    #expect(found.first?.frames.first?.line == 7)
    #expect(found.first?.frames.first?.isTailCall == true)
  }

  @Test(
    "Calls of the other machine are understood as well",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/\(otherMachine)gcc")),
    arguments: ["", "-shared -fPIC", "-shared -fPIC -mbranch-protection=standard"])
  func aarch64(flags: String) throws {
    try Self.source.write(toFile: fixture.path("tail.c"), atomically: true, encoding: .utf8)
    try fixture.run(
      "sh", "-c", "\(Self.otherMachine)gcc -O2 -g \(flags) tail.c -o program -Wl,--build-id")
    let expected: [String: [[String?]]] = [
      "drop": [["drop"]], "outer": [["drop"], ["outer"]], "getpid": [],
    ]
    for (callee, functions) in expected {
      let call = try call(of: callee, in: "serve", "program", machine: Self.otherMachine)
      let request = Symbolizer.Request(
        module: try fixture.identity(of: "program"), addresses: [], calls: [.recorded(at: call)])
      let found = Symbolizer(recorded: ["close"]).symbolize([request])[0]
        .tailCallers(of: .recorded(at: call))
      #expect(found.map { $0.frames.map(\.function) } == functions)
    }
  }

  private static let otherMachine = "aarch64-linux-gnu-"

  @Test("Without debug information it has its name alone")
  func symbols() throws {
    let found = try callers("serve", of: "drop", ["-O2"])
    #expect(found.map(\.frames.first?.function) == ["drop"])
    #expect(found.first?.frames.first?.line == nil)
  }

  @Test("What it inlined stands inside of it")
  func inlined() throws {
    let found = try callers("serve", of: "forget", ["-O2", "-g"])
    let frames = try #require(found.first?.frames)
    #expect(frames.map(\.function) == ["shut", "forget"])
    #expect(frames.map(\.line) == [3, 12])
    #expect(frames.map(\.isInlined) == [true, false])
    #expect(frames.map(\.isTailCall) == [false, true])
  }

  @Test("Jumps from one function to the next are followed")
  func chain() throws {
    let found = try callers("serve", of: "outer", ["-O2", "-g"])
    #expect(found.map { $0.frames.map(\.function) } == [["drop"], ["outer"]])
    #expect(found.map(\.frames.first?.line) == [7, 16])
  }

  @Test("Of several jumps the one to a recorded call counts")
  func several() throws {
    let found = try callers("serve", of: "either", ["-O2", "-g"])
    #expect(found.map(\.frames.first?.function) == ["either"])
    #expect(found.first?.frames.first?.line == 21)
  }

  @Test("Where nothing tells which of several jumps it was, no line is told")
  func unclear() throws {
    let recorded: Set = ["close", "fsync"]
    let found = try callers("serve", of: "either", ["-O2", "-g"], recorded: recorded)
    #expect(found.map(\.frames.first?.function) == ["either"])
    #expect(found.first?.frames.first?.line == nil)
    #expect(found.first?.frames.first?.file?.hasSuffix("tail.c") == true)
  }

  @Test("Where a function may have jumped on through a pointer, it is the last that is told")
  func pointer() throws {
    let found = try callers("serve", of: "through", ["-O2", "-g"])
    #expect(found.map { $0.frames.map(\.function) } == [["through"]])
    #expect(found.first?.frames.first?.line == nil)
  }

  @Test("A function that has a frame, as it jumps nowhere, is not named again")
  func frame() throws {
    #expect(try callers("serve", of: "keeps", ["-O2", "-g"]) == [])
  }

  @Test("The call of another module's function leads through none of this one")
  func other() throws {
    #expect(try callers("serve", of: "getpid", ["-O2", "-g"]) == [])
    #expect(try callers("serve", of: "getpid", ["-O2", "-g", "-shared", "-fPIC"]) == [])
  }

  @Test("A function of the module with the name of a recorded one was not entered")
  func namesake() throws {
    let flags = ["-O2", "-g", "-shared", "-fPIC"]
    #expect(try callers("serve", of: "drop", flags, recorded: ["close", "drop"]) == [])
  }

  @Test(
    "A library's function that jumped is named where the program called it",
    arguments: ["", "-Wl,-z,now", "-fno-plt"])
  func library(flags: String) throws {
    try Self.source.write(toFile: fixture.path("tail.c"), atomically: true, encoding: .utf8)
    try "int drop(int); int main(void) { return drop(7) + 1; }"
      .write(toFile: fixture.path("main.c"), atomically: true, encoding: .utf8)
    try fixture.run(
      "sh", "-c",
      """
      cc -O2 -g -shared -fPIC tail.c -o libtail.so -Wl,--build-id &&
      cc -O2 -g \(flags) main.c -o program -L. -ltail -Wl,--build-id
      """)
    let lines = try fixture.run("objdump", "-d", "--no-show-raw-insn", "program")
      .split(separator: "\n")
    let main = try #require(lines.firstIndex { $0.hasSuffix("<main>:") })
    let calls = ["call", "call*", "callq", "bl", "blr"]
    let index = try #require(
      lines[main...].firstIndex { line in
        line.split(whereSeparator: \.isWhitespace).contains { calls.contains(String($0)) }
      })
    let next = lines[index + 1].split(whereSeparator: \.isWhitespace)[0].dropLast()
    let call = ModuleSymbols.Call.recorded(at: UInt64(next, radix: 16)! - 1)
    func callers(_ others: [String]) throws -> [TailCaller] {
      let requests = try (["program"] + others).map { name in
        Symbolizer.Request(
          module: try fixture.identity(of: name), addresses: [],
          calls: name == "program" ? [call] : [])
      }
      return Symbolizer(recorded: ["close"]).symbolize(requests)[0].tailCallers(of: call)
    }
    let found = try callers(["libtail.so"])
    #expect(found.map { $0.frames.map(\.function) } == [["drop"]])
    #expect(found.first?.frames.first?.line == 7)
    #expect(try found.first?.module == fixture.identity(of: "libtail.so"))
    // Which of two was called nothing tells.
    try fixture.run("sh", "-c", "cc -O1 -shared -fPIC tail.c -o libother.so -Wl,--build-id")
    #expect(try callers(["libtail.so", "libother.so"]) == [])
  }

  @Test(
    "Between two frames of a module stand the functions that jumped from the one to the other",
    arguments: [["-O2", "-g"], ["-O2", "-g", "-shared", "-fPIC"]])
  func inside(flags: [String]) throws {
    try fixture.compile(Self.source, as: "tail.c", to: "program", with: flags)
    func callers(of callee: String, to inner: String) throws -> [TailCaller] {
      let call = ModuleSymbols.Call.inside(
        at: try self.call(of: callee, in: "serve", "program"),
        to: try self.call(of: "getppid", in: inner, "program"))
      let request = Symbolizer.Request(
        module: try fixture.identity(of: "program"), addresses: [], calls: [call])
      return Symbolizer(recorded: ["close"]).symbolize([request])[0].tailCallers(of: call)
    }
    #expect(try callers(of: "keeps", to: "keeps") == [])
    let found = try callers(of: "leads", to: "keeps")
    #expect(found.map(\.frames.first?.function) == ["leads"])
    #expect(found.first?.frames.first?.line == 30)
    #expect(try callers(of: "outer", to: "keeps") == [], "it does not lead there")
  }

  @Test("Without debug information that is the function which was entered, by its symbol")
  func insideWithoutDebugInformation() throws {
    try fixture.compile(Self.source, as: "tail.c", to: "program", with: ["-O2"])
    func callers(of callee: String) throws -> [String?] {
      let call = ModuleSymbols.Call.inside(
        at: try self.call(of: callee, in: "serve", "program"),
        to: try self.call(of: "getppid", in: "keeps", "program"))
      let request = Symbolizer.Request(
        module: try fixture.identity(of: "program"), addresses: [], calls: [call])
      return Symbolizer(recorded: ["close"]).symbolize([request])[0].tailCallers(of: call)
        .map(\.frames.first?.function)
    }
    #expect(try callers(of: "keeps") == [])
    #expect(try callers(of: "leads") == ["leads"])
  }

  private static let source = """
    #include <unistd.h>
    extern int serve(int fd);
    static inline int shut(int fd) { return close(fd); }
    #define APART __attribute__((noinline, noclone))
    APART int drop(int fd) {
      if (fd < 0) fd = -fd;
      return close(fd);
    }
    APART int forget(int fd) {
      if (fd < 0) fd = -fd;
      fd++;
      return shut(fd);
    }
    APART int outer(int fd) {
      fd += getpid();
      return drop(fd);
    }
    APART int either(int fd) {
      if (fd < 9)
        return fsync(fd);
      return close(fd);
    }
    APART int keeps(int fd) {
      int closed = close(fd);
      return closed + getppid();
    }
    APART int leads(int fd) {
      fsync(fd);
      fd++;
      return keeps(fd);
    }
    int (*volatile chosen)(int) = drop;
    APART int through(int fd) {
      if (fd < 9)
        return chosen(fd);
      return outer(fd);
    }
    APART int serve(int fd) {
      int sum = drop(fd) + leads(fd) + through(fd);
      sum += forget(fd);
      sum += outer(fd);
      sum += either(fd);
      sum += keeps(fd);
      return sum + getpid();
    }
    int main(int argc, char **argv) {
      (void)argv;
      return serve(argc) + 1;
    }

    """
}
