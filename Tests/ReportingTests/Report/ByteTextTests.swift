import Testing

@testable import Reporting

@Suite("Text by its bytes")
struct ByteTextTests {
  @Test(
    "A part is found wherever it stands",
    arguments: [
      ("libc.so.6", true), (".so", true), ("x.so", true), ("..so", true), ("", false),
      (".s", false), (".s.o", false), ("é.soé", true),
    ])
  func part(text: String, isThere: Bool) {
    #expect(text.holds(".so") == isThere)
    #expect(text[...].holds(".so") == isThere)
    #expect(("-" + text).dropFirst().holds(".so") == isThere)
  }

  @Test("The beginning goes up to the end of the first part")
  func beginning() {
    #expect("libpool.so.1.so.2".prefix(throughFirst: ".so") == "libpool.so")
    #expect("é.so.1".dropFirst(0).prefix(throughFirst: ".so") == "é.so")
    #expect("/lib/é.so.1".dropFirst(5).prefix(throughFirst: ".so") == "é.so")
    #expect("pool".prefix(throughFirst: ".so") == nil)
  }

  @Test(
    "The last component of a path has no slash, unless there is nothing else",
    arguments: [
      ("/usr/bin/server", "server"), ("server", "server"), ("/srv/a/", "a"), ("a//", "a"),
      ("///", "///"), ("", ""), ("[module 3]", "[module 3]"), ("/é/ü", "ü"),
    ])
  func component(path: String, last: String) { #expect(path.lastComponent == last) }
}
