import Testing

@testable import LeakAnalysis
@testable import TraceModel

@Suite("Descriptors that programs are told by their arguments or environment")
struct NamedNumberTests {
  /// Why a program has fd 11: process 1, of that executable, started it with those arguments.
  private func cause(_ arguments: [String], by program: String) -> InheritanceAudit.Cause? {
    var story = Scenario()
    story.process(to: 50)
    story.trace.processes[0].exe = program
    story.open(11, at: 1)
    story.start(2, by: 1, "execve", how: .spawn, at: 2, to: nil)
    story.trace.processes[1].argv = arguments
    story.inherit(11, from: 1, to: 2, via: .exec)
    return story.rows().first?.handles[0].cause
  }

  @Test(
    "A number in the path of a descriptor is passed by design, whoever starts the program",
    arguments: [
      ["diff", "/dev/fd/11", "/dev/fd/62"], ["sort", "--files0-from=/proc/self/fd/11"],
      ["sh", "-c", "cat </dev/fd/9 - /dev/fd/11"],
    ])
  func path(arguments: [String]) {
    #expect(cause(arguments, by: "/srv/app") == .passed)
  }

  @Test("A number alone is passed by a shell, and may be any from others")
  func word() {
    #expect(cause(["flock", "11"], by: "/usr/bin/bash") == .passed)
    #expect(cause(["flock", "11"], by: "/srv/app") == .neverSet)
    #expect(cause(["timeout", "9", "flock", "11"], by: "/usr/bin/bash") == .passed)
  }

  @Test(
    "To programs that wait or count, a number alone is no descriptor's",
    arguments: ["sleep", "/usr/bin/head"])
  func count(program: String) {
    #expect(cause([program, "11"], by: "/usr/bin/bash") == .neverSet)
    #expect(cause([program, "/dev/fd/11"], by: "/usr/bin/bash") == .passed)
  }

  @Test(
    "Other numbers, parts of words and the program's own name tell nothing",
    arguments: [
      ["flock", "1"], ["flock", "111"], ["flock", "-11"], ["flock", "11x"], ["flock", ""],
      ["11", "9"], ["cat", "/dev/fd/1"], ["cat", "/dev/fd/110"], ["cat", "/dev/fd/"],
      ["cat", "/proc/7/fd/11"], ["cat", "/dev/fd/99999999999999999999"],
    ])
  func others(arguments: [String]) {
    #expect(cause(arguments, by: "/usr/bin/bash") == .neverSet)
  }

  @Test("What is given to a program is not held against those that it starts")
  func grandchild() {
    var story = Scenario()
    story.process(to: 50)
    story.open(11, at: 1)
    story.start(2, by: 1, "posix_spawn", how: .spawn, at: 2, to: 40)
    story.trace.processes[1].argv = ["reader", "/dev/fd/11"]
    story.inherit(11, from: 1, to: 2, via: .exec)
    story.start(3, by: 2, "posix_spawn", how: .spawn, at: 3, to: nil)
    story.inherit(11, from: 2, to: 3, via: .exec)
    #expect(story.rows().map(\.handles[0].cause) == [.passed, .passed])
  }

  @Test("What its environment tells a program is passed, to it and to those that it starts")
  func environment() {
    var story = Scenario()
    story.process(to: 50)
    story.open(11, at: 1)
    story.start(2, by: 1, "posix_spawn", how: .spawn, at: 2, to: 40)
    story.inherit(11, from: 1, to: 2, as: 11) { ($0.via, $0.flags) = (.exec, .told) }
    story.start(3, by: 2, "posix_spawn", how: .spawn, at: 3, to: nil)
    story.inherit(11, from: 1, to: 3, via: .exec)
    story.start(4, by: 1, "posix_spawn", how: .spawn, at: 4, to: nil)
    story.inherit(11, from: 1, to: 4, via: .exec)
    let causes = story.rows().map { ($0.holder, $0.handles[0].cause) }
    #expect(
      Dictionary(uniqueKeysWithValues: causes) == [2: .passed, 3: .passed, 4: .neverSet])
  }

  @Test("So it is where the program is not traced, of which the one before it tells")
  func untraced() {
    var story = Scenario()
    story.process(to: 50)
    story.open(11, at: 1)
    story.start(2, by: 1, "fork", how: .fork, at: 2, to: nil)
    story.inherit(11, from: 1, to: 2, as: 11) { $0.flags = .told }
    story.trace.processes[1].flags = [.attached, .execPending]
    #expect(story.rows().map(\.handles[0].cause) == [.passed])
  }
}
