import Foundation
import SeededRandom
import Testing

@testable import Symbolication

@Suite("Symbolizer")
struct SymbolizerTests {
  let fixture: Fixture
  init() throws { fixture = try Fixture() }

  private func inlinedChain(_ source: String) -> [SourceFrame] {
    let file = fixture.folder.resolvingSymlinksInPath().appendingPathComponent(source).path
    return [
      SourceFrame(function: "innermost", file: file, line: 3, isInlined: true),
      SourceFrame(function: "middle", file: file, line: 6, isInlined: true),
      SourceFrame(function: "outer", file: file, line: 9),
    ]
  }

  private func withoutColumns(_ frames: [SourceFrame]) -> [SourceFrame] {
    frames.map { frame in
      var frame = frame
      frame.column = nil
      return frame
    }
  }

  @Test(
    "An address inside inlined code gives every function of the chain",
    arguments: [
      ["-O2", "-gdwarf-5"], ["-O2", "-gdwarf-4"], ["-O2", "-gdwarf-4", "-gstrict-dwarf"],
      ["-O2", "-g", "-no-pie"], ["-O2", "-g", "-gsplit-dwarf"], ["-O2", "-g", "-flto"],
      ["-O2", "-g", "-gz"], ["-O0", "-g"], ["-O2", "-g", "-shared", "-fPIC"],
    ])
  func inlining(flags: [String]) throws {
    try fixture.compile(Sources.inlining, as: "inlining.c", to: "program", with: flags)
    let (status, frames) = Symbolizer().look(
      try fixture.identity(of: "program"), try fixture.address(of: "inside", in: "program"))
    #expect(status == .debugInformation)
    #expect(withoutColumns(frames) == inlinedChain("inlining.c"))
  }

  @Test("A unit that .debug_aranges does not list is found all the same")
  func withoutAranges() throws {
    try fixture.compile(Sources.inlining, as: "inlining.c", to: "program", with: ["-O2", "-g"])
    try fixture.run("objcopy", "--remove-section=.debug_aranges", "program")
    #expect(try !fixture.run("readelf", "-SW", "program").contains("debug_aranges"))
    let (_, frames) = Symbolizer().look(
      try fixture.identity(of: "program"), try fixture.address(of: "inside", in: "program"))
    #expect(withoutColumns(frames) == inlinedChain("inlining.c"))
  }

  @Test("C++ functions are named with their scopes and parameters")
  func cplusplus() throws {
    try fixture.compile(Sources.cplusplus, as: "pool.cc", to: "program", with: ["-O1", "-g"])
    let module = try fixture.identity(of: "program")
    let acquiring = try fixture.address(of: "acquiring", in: "program")
    let lambda = try fixture.address(of: "in_lambda", in: "program")
    #expect(
      Symbolizer().look(module, acquiring).1.first?.function
        == "net::Pool<short>::acquire(std::string const&, short)")
    let inLambda = Symbolizer().look(module, lambda).1.first
    #expect(inLambda?.function?.contains("local(int)::{lambda(int)#1}::operator()") == true)
    #expect(inLambda?.line == 13)
  }

  @Test(
    "An inlined closure is told with the functions that it is written in",
    arguments: [["-O2", "-g"], ["-O2", "-gdwarf-4"], ["-O2", "-g", "-gsplit-dwarf"]])
  func closures(flags: [String]) throws {
    try fixture.compile(Sources.closures, as: "closures.cc", to: "program", with: flags)
    let module = try fixture.identity(of: "program")
    for (label, closure) in [
      ("in_first", "first()::{lambda()}::operator()()"),
      ("in_second", "second<int>()::{lambda()}::operator()()"),
      ("in_inner", "main()::{lambda()}::operator()()::{lambda()}::operator()()"),
      ("in_functor", "operator()"), ("in_global", "operator()"),
    ] {
      let frame = Symbolizer().look(module, try fixture.address(of: label, in: "program")).1.first
      #expect(frame?.isInlined == true && frame?.function == closure, "\(label)")
    }
  }

  @Test("A stripped program gets its lines through the debuginfo link")
  func debugLink() throws {
    try fixture.compile(Sources.inlining, as: "inlining.c", to: "program", with: ["-O2", "-g"])
    let inside = try fixture.address(of: "inside", in: "program")
    let module = try fixture.identity(of: "program")
    try fixture.run("objcopy", "--only-keep-debug", "program", "separate.dbg")
    try fixture.run("strip", "program")
    #expect(Symbolizer().look(module, inside).0 == .exports)
    try fixture.run("objcopy", "--add-gnu-debuglink=separate.dbg", "program")
    let (status, frames) = Symbolizer().look(module, inside)
    #expect(status == .debugInformation)
    #expect(withoutColumns(frames) == inlinedChain("inlining.c"))
  }

  @Test("Debug files are found by build-id, even when the program itself is gone")
  func buildIDPath() throws {
    try fixture.compile(Sources.inlining, as: "inlining.c", to: "program", with: ["-O2", "-g"])
    let inside = try fixture.address(of: "inside", in: "program")
    let module = try fixture.identity(of: "program")
    let id = module.buildID.map { String(format: "%02x", $0) }
    let folder = "debug/.build-id/\(id[0])"
    try fixture.run("mkdir", "-p", folder)
    try fixture.run(
      "objcopy", "--only-keep-debug", "program", "\(folder)/\(id.dropFirst().joined()).debug")
    try fixture.run("strip", "program")
    let symbolizer = Symbolizer(debugDirectories: [fixture.path("debug")])
    #expect(withoutColumns(symbolizer.look(module, inside).1) == inlinedChain("inlining.c"))
    try fixture.run("rm", "program")
    #expect(Symbolizer().look(module, inside).0 == .unavailable(.missing))
    #expect(withoutColumns(symbolizer.look(module, inside).1) == inlinedChain("inlining.c"))
  }

  @Test("Without debug information the symbol table names the function")
  func symbolTableOnly() throws {
    try fixture.compile(Sources.inlining, as: "inlining.c", to: "program", with: ["-O2"])
    let module = try fixture.identity(of: "program")
    let after = try fixture.address(of: "after", in: "program")
    let (status, frames) = Symbolizer().look(module, after)
    #expect(status == .symbolTable)
    #expect(frames == [SourceFrame(function: "outer")])
  }

  @Test("An address that no symbol covers stays bare")
  func stripped() throws {
    try fixture.compile(Sources.inlining, as: "inlining.c", to: "program", with: ["-O2"])
    let concealed = try fixture.address(of: "concealed", in: "program")
    try fixture.run("strip", "program")
    let (status, frames) = Symbolizer().look(try fixture.identity(of: "program"), concealed)
    #expect(status == .exports)
    #expect(frames.isEmpty)
  }

  @Test("A program rebuilt since the trace is not given wrong lines")
  func rebuilt() throws {
    try fixture.compile(Sources.inlining, as: "inlining.c", to: "program", with: ["-O2", "-g"])
    let traced = try fixture.identity(of: "program")
    let inside = try fixture.address(of: "inside", in: "program")
    try fixture.compile(
      "\n" + Sources.inlining, as: "inlining.c", to: "program", with: ["-O2", "-g"])
    let found = try fixture.buildID(of: "program")
    let (status, frames) = Symbolizer().look(traced, inside)
    #expect(status == .unavailable(.otherBuild(found: found)))
    #expect(frames.isEmpty)
  }

  @Test("A trace that saw no build-id does not vouch for a file that has one")
  func unidentified() throws {
    try fixture.compile(Sources.inlining, as: "inlining.c", to: "program", with: ["-O2", "-g"])
    var module = try fixture.identity(of: "program")
    let found = module.buildID
    module.buildID = []
    let inside = try fixture.address(of: "inside", in: "program")
    #expect(Symbolizer().look(module, inside).0 == .unavailable(.otherBuild(found: found)))
  }

  @Test("Only regular ELF files are read, and nothing blocks")
  func hostilePaths() throws {
    try fixture.run("mkfifo", "fifo")
    try "no program".write(toFile: fixture.path("text"), atomically: true, encoding: .utf8)
    func status(_ path: String) -> ModuleSymbols.Status {
      Symbolizer().look(ModuleIdentity(path: path, buildID: [1, 2, 3]), 0x1000).0
    }
    #expect(status(fixture.path("fifo")) == .unavailable(.notAFile))
    #expect(status("/dev/zero") == .unavailable(.notAFile))
    #expect(status("/") == .unavailable(.notAFile))
    #expect(status("[vdso]") == .unavailable(.notAFile))
    #expect(status("") == .unavailable(.notAFile))
    #expect(status("./plugin.so") == .unavailable(.missing))
    #expect(status("/a\0b") == .unavailable(.notAFile))
    #expect(status(fixture.path("none")) == .unavailable(.missing))
    #expect(status(fixture.path("text") + "/below") == .unavailable(.missing))
    guard case .unavailable(.unreadable) = status(fixture.path("text")) else {
      Issue.record("a text file was taken for a module: \(status(fixture.path("text")))")
      return
    }
  }

  @Test("A damaged program ends in an answer, not in a crash", arguments: 0..<24)
  func damaged(seed: UInt64) throws {
    try fixture.compile(Sources.inlining, as: "inlining.c", to: "program", with: ["-O2", "-g"])
    let module = try fixture.identity(of: "program")
    let inside = try fixture.address(of: "inside", in: "program")
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture.path("program"))))
    var generator = SeededRandom(seed: seed)
    if seed % 3 == 0 {
      bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator))
    } else {
      for _ in 0..<64 {
        // Past the ELF header and notes, so that most of it is still read.
        let index = Int.random(in: 0x400..<bytes.count, using: &generator)
        bytes[index] = .random(in: 0...255, using: &generator)
      }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: fixture.path("program")))
    let (status, frames) = Symbolizer().look(module, inside)
    if case .unavailable = status { #expect(frames.isEmpty) }
    #expect(frames.count < 300)
  }

  @Test("A batch keeps its order, looks repeats up once, and reports its progress")
  func batch() throws {
    try fixture.compile(Sources.inlining, as: "inlining.c", to: "program", with: ["-O2", "-g"])
    let module = try fixture.identity(of: "program")
    let inside = try fixture.address(of: "inside", in: "program")
    let after = try fixture.address(of: "after", in: "program")
    let requests = [
      Symbolizer.Request(
        module: ModuleIdentity(path: fixture.path("none"), buildID: []), addresses: [1, 2]),
      Symbolizer.Request(
        module: module, addresses: Array(repeating: [after, inside], count: 300).flatMap { $0 }),
    ]
    var seen: [Symbolizer.Progress] = []
    let results = Symbolizer().symbolize(requests) { seen.append($0) }
    #expect(results.map(\.status) == [.unavailable(.missing), .debugInformation])
    #expect(results[1].frames(at: inside).count == 3)
    #expect(results[1].frames(at: after).map(\.line) == [10])
    #expect(results[0].frames(at: 1).isEmpty)
    #expect(seen.map(\.addressesDone) == [0, 2, 258, 514])
    #expect(seen.allSatisfy { $0.addressesTotal == 602 })
  }

  @Test("A module that is missing here is found below other roots, where it is the same build")
  func roots() throws {
    try fixture.compile(
      Sources.inlining, as: "inlining.c", to: "program", with: ["-O2", "-g", "-Wl,--build-id"])
    let address = try fixture.address(of: "inside", in: "program")
    let there = try fixture.identity(of: "program")
    #expect(there.path.starts(with: "/".utf8) && !there.buildID.isEmpty)
    // What stands at /program in a container whose root is the fixture's folder.
    let here = ModuleIdentity(path: "/program", buildID: there.buildID)
    let root = String(decoding: there.path.dropLast("/program".utf8.count), as: UTF8.self)
    #expect(Symbolizer().look(here, address).0 == .unavailable(.missing))
    let rooted = Symbolizer(roots: ["/nonexistent", root])
    #expect(
      rooted.look(here, address).1.last?.function == rooted.look(there, address).1.last?.function)
    #expect(rooted.look(here, address).0 == .debugInformation)
    let other = ModuleIdentity(path: "/program", buildID: there.buildID.reversed())
    #expect(rooted.look(other, address).0 == .unavailable(.missing))
    let unnamed = ModuleIdentity(path: "/program", buildID: [])
    #expect(rooted.look(unnamed, address).0 == .unavailable(.missing))
  }
}
