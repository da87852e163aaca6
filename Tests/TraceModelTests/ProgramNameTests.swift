import Testing

@testable import TraceModel

@Suite("What a program was called by")
struct ProgramNameTests {
  @Test(
    "It is the file name of the first argument",
    arguments: [
      ("redis-server", "redis-server"), ("/usr/bin/redis-server", "redis-server"),
      ("./g++-12", "g++-12"), ("bin/python3.11", "python3.11"), ("_x", "_x"),
    ])
  func named(argument: String, name: String) {
    #expect(ProgramName.called(by: argument) == name)
  }

  @Test(
    "What is no file's name, or not the program's, is none",
    arguments: [
      nil, "", "/", "bin/", "-bash", "/bin/-", "nginx: master process", "(sd-pam)", "[kworker/0:1]",
      "/proc/self/exe", "/dev/fd/7", "name\n", String(repeating: "x", count: 65), "..",
    ])
  func nameless(argument: String?) {
    #expect(ProgramName.called(by: argument) == nil)
  }
}
