import SystemPackage
import Testing

@testable import CommandLineTools

@Suite struct RunShimTests {
  @Test("The shim beside the program is preferred to those in lib, lib64 and lib/fdtrack")
  func order() throws {
    let prefix = try TemporaryFolder()
    let program = prefix.path.appending("bin").appending("fdtrack")
    let several = "lib/\(RunShim.architecture)"
    try prefix.makeFolders("bin", "lib/fdtrack", "lib64", several)
    for place in ["lib/fdtrack", "lib64", several, "lib", "bin"] {
      let library = try prefix.write("\(place)/libfdtrack.so", "")
      #expect(try RunShim.locate(explicit: nil, executable: program) == library)
    }
  }

  @Test("A program in a build folder finds the shim that was built there")
  func buildFolder() {
    let places = RunShim.places(for: "/src/fd/.build/x86_64-unknown-linux-gnu/debug/fdtrack")
    #expect(places.last == "/src/fd/.build/fdtrack/libfdtrack.so")
  }

  @Test("Where the shim was looked for is said when it is nowhere")
  func missing() throws {
    let folder = try TemporaryFolder()
    let program = folder.path.appending("fdtrack")
    let error = try #require(throws: RunFailure.self) {
      try RunShim.locate(explicit: nil, executable: program)
    }
    #expect(error.exitStatus == 125)
    #expect(error.description.contains(folder.path.appending("libfdtrack.so").string))
  }

  @Test(
    "A path that the dynamic linker would take apart is refused",
    arguments: ["/my dir/libfdtrack.so", "/a:b/libfdtrack.so", "/$LIB/libfdtrack.so"])
  func unloadable(path: String) {
    #expect(throws: RunFailure.self) { try RunShim.preloadable(FilePath(path)) }
  }

  @Test("A folder named like the shim is not the shim")
  func folderAsLibrary() throws {
    let folder = try TemporaryFolder()
    try folder.makeFolders("libfdtrack.so")
    #expect(throws: RunFailure.self) {
      try RunShim.locate(
        explicit: folder.path.appending("libfdtrack.so"), executable: "/usr/bin/fdtrack")
    }
  }
}
