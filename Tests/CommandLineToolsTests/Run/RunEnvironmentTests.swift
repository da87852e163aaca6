import SystemPackage
import Testing

@testable import CommandLineTools

@Suite struct RunEnvironmentTests {
  @Test("Variables that were there stay, in their order and byte for byte")
  func keepsEntries() {
    let odd: CStringBytes = [CChar(bitPattern: 0xff), 61, CChar(bitPattern: 0xfe), 0]
    var environment = RunEnvironment(entries: [bytes("A=1"), odd, bytes("B=")])
    environment.set("FDTRACK_OUT", to: "/t")
    #expect(environment.entries == [bytes("A=1"), odd, bytes("B="), bytes("FDTRACK_OUT=/t")])
  }

  @Test("A variable is replaced where it stands, and only by its whole name")
  func replaces() {
    var environment = RunEnvironment(
      entries: ["FDTRACK_OUTER=x", "FDTRACK_OUT=a", "Z=1", "FDTRACK_OUT=b"].map(bytes))
    environment.set("FDTRACK_OUT", to: "c")
    #expect(environment.entries == ["FDTRACK_OUTER=x", "FDTRACK_OUT=c", "Z=1"].map(bytes))
  }

  @Test(
    "The shim comes first among the preloaded libraries, and once",
    arguments: [
      (nil, "/s.so"), ("LD_PRELOAD=", "/s.so"), ("LD_PRELOAD=/a.so", "/s.so:/a.so"),
      ("LD_PRELOAD=/a.so /b.so:/c.so", "/s.so:/a.so:/b.so:/c.so"),
      ("LD_PRELOAD=/a.so:/s.so", "/s.so:/a.so"),
    ] as [(String?, String)])
  func preloads(before: String?, after: String) {
    var environment = RunEnvironment(entries: before.map { [bytes($0)] } ?? [])
    environment.preload("/s.so")
    #expect(environment.entries == [bytes("LD_PRELOAD=" + after)])
  }

  @Test(
    "The address sanitizer is told to let another library come first, unless it was told",
    arguments: [
      (nil, "verify_asan_link_order=0"), ("", "verify_asan_link_order=0"),
      ("detect_leaks=0", "detect_leaks=0:verify_asan_link_order=0"),
      ("verify_asan_link_order=1,detect_leaks=0", "verify_asan_link_order=1,detect_leaks=0"),
    ] as [(String?, String)])
  func allowsSanitizers(before: String?, after: String) {
    var environment = RunEnvironment(entries: before.map { [bytes("ASAN_OPTIONS=" + $0)] } ?? [])
    environment.allowSanitizers()
    #expect(environment.entries == [bytes("ASAN_OPTIONS=" + after)])
  }

  @Test("The tree's trace is told with room for the command's pid, and an outer one's goes")
  func sharesTrace() throws {
    var environment = RunEnvironment(entries: ["FDTRACK_JOIN=1:/outer", "A=1"].map(bytes))
    environment.shareTrace(at: "/t", id: 0xa7)
    let entry = "FDTRACK_JOIN=00000000000000a7.00000000:/t"
    #expect(environment.entries == [entry, "A=1"].map(bytes))
    let place = try #require(environment.pidDigits)
    #expect(place.entry == 0)
    #expect(entry.dropFirst(place.offset).hasPrefix("00000000:"))
  }
}

/// The NUL-terminated bytes of a string.
func bytes(_ string: String) -> CStringBytes {
  CStringBytes(string.utf8CString)
}
