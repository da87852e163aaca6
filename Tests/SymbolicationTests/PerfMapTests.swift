import SeededRandom
import Testing

@testable import Symbolication

@Suite("Perf maps")
struct PerfMapTests {
  private func entries(
    _ text: String, _ wanted: UInt64..., chunk: Int = 1 << 16
  ) -> [UInt64: PerfMap.Entry] {
    var map = PerfMap(wanted: wanted)
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      map.read(Array(bytes.prefix(chunk)))
      bytes = bytes.dropFirst(chunk)
    }
    return entries(map, wanted)
  }

  private func entries(_ map: PerfMap, _ wanted: [UInt64]) -> [UInt64: PerfMap.Entry] {
    let found = wanted.compactMap { address in map.entry(at: address).map { (address, $0) } }
    return Dictionary(uniqueKeysWithValues: found)
  }

  private func function(_ name: String) -> PerfMap.Entry { .function(SourceFrame(function: name)) }

  @Test("An address has the name of the line that holds it", arguments: [1, 3, 1 << 16])
  func names(chunk: Int) {
    let text = "7f00 10 first\n0x7f10 0x20 the second one\n"
    let found = entries(text, 0x7eff, 0x7f00, 0x7f0f, 0x7f10, 0x7f2f, 0x7f30, chunk: chunk)
    #expect(
      found == [
        0x7f00: function("first"), 0x7f0f: function("first"),
        0x7f10: function("the second one"), 0x7f2f: function("the second one"),
      ])
  }

  @Test("Code that was made where other code was is nobody's; made anew, it is the same")
  func several() {
    let text = "10 10 a\n18 10 b\n40 10 JS:~f /a.js:1:2\n44 8 JS:^f /a.js:1:2\n"
    let found = entries(text, 0x10, 0x19, 0x20, 0x45)
    #expect(found[0x10] == function("a") && found[0x20] == function("b"))
    #expect(found[0x19] == .several)
    #expect(found[0x45] == .function(SourceFrame(function: "f", file: "/a.js")))
  }

  @Test("What was found of other addresses in the same part is there, too, and goes on")
  func joined() {
    var (map, other) = (PerfMap(wanted: [0x10, 0x30]), PerfMap(wanted: [0x20, 0x40]))
    map.read(Array("10 28 a\n".utf8))
    other.read(Array("10 28 a\n20 8 b\n".utf8))
    map.add(other)
    map.read(Array("30 8 c\n40 8 d\n".utf8))
    #expect(
      entries(map, [0x10, 0x20, 0x30, 0x40]) == [
        0x10: function("a"), 0x20: .several, 0x30: .several, 0x40: function("d"),
      ])
    #expect(!map.isEmpty && PerfMap(wanted: [0x10]).isEmpty)
  }

  @Test("Lines that hold all addresses cost no more each, however many those are")
  func wide() {
    let wanted = (1...(1 << 16)).map { UInt64($0) * 16 }
    var map = PerfMap(wanted: wanted)
    let lines = Array(String(repeating: "10 ffffffff same\n", count: 100).utf8)
    for _ in 0..<200 { map.read(lines) }
    map.read(Array("18 10 other\n".utf8))
    #expect(wanted.filter { map.entry(at: $0) == .several } == [0x20])
    #expect(wanted.count { map.entry(at: $0) == function("same") } == wanted.count - 1)
  }

  @Test("Of each place it is told what all ranges said of it", arguments: 1...40)
  func ranges(count: Int) {
    var random = SeededRandom(seed: UInt64(count))
    var tree = RangeTree(count: count, several: -1)
    var plain = [Int?](repeating: nil, count: count)
    for _ in 0..<6 {
      let low = Int.random(in: 0..<count, using: &random)
      let high = Int.random(in: low...count, using: &random)
      let value = Int.random(in: 0..<2, using: &random)
      tree.say(value, of: low..<high)
      for place in low..<high { plain[place] = plain[place] ?? value == value ? value : -1 }
      #expect((0..<count).map { tree[$0] } == plain)
    }
  }

  @Test("What is no line of a map is left out, and so is the last one without an end")
  func hostile() {
    let long = String(repeating: "x", count: 1 << 15)
    for text in [
      "10 10 cut", "zz 10 a\n", "10 zz a\n", "10\n", "10 10\n", "10 10 \n", "\n\n", "10 0 a\n",
      "-10 20 a\n", "ffffffffffffffff 20 a\n", "0 20 a\n", "10 10 \(long)\n",
      "fffffffffffffffff 10 a\n",
    ] {
      #expect(entries(text, 0x10, 0x15, .max).isEmpty, "\(text.prefix(40))")
    }
    #expect(entries("10 10 \(long)\n10 10 b\n", 0x10) == [0x10: function("b")])
  }
}

@Suite("Names of generated code")
struct GeneratedNameTests {
  private func expect(
    _ name: String, _ function: String?, _ file: String? = nil,
    at location: SourceLocation = #_sourceLocation
  ) {
    #expect(
      GeneratedName.frame(name) == SourceFrame(function: function, file: file),
      sourceLocation: location)
  }

  @Test("Python tells a function and its file")
  func python() {
    expect("py::Server.handle:/srv/app.py", "Server.handle", "/srv/app.py")
    expect("py::f.<locals>.<lambda>:<string>", "f.<locals>.<lambda>", "<string>")
    expect("py::<module>:C:/x.py", "<module>", "C:/x.py")
    expect("py::nameless", "nameless")
    expect("py::f:", "f")
  }

  @Test("V8 tells a function, its file, and where it is defined, which is no line of a call")
  func v8() {
    expect("JS:~handle /srv/app.js:4:16", "handle", "/srv/app.js")
    expect("JS:*handle file:///srv/my app.js:4:16", "handle", "/srv/my app.js")
    expect("LazyCompile:*get size node:fs:4:16", "get size", "node:fs")
    expect("JS:^ /srv/app.js:8:23", "(anonymous at 8:23)", "/srv/app.js")
    expect("JS:~ /srv/app.js:1:1", "(module)", "/srv/app.js")
    expect("Eval:~ [eval]:1:1", "(module)", "[eval]")
    expect("Function:~odd", "odd")
    expect("JS:", "JS:")
    expect("Builtin:CallFunction", "Builtin:CallFunction")
  }

  @Test("Others' names are taken as they are, but for mangling and tiers")
  func others() {
    expect("void Leak.openConfig(java.lang.String)", "void Leak.openConfig(java.lang.String)")
    expect("int32 [app] Foo::Bar(int32[])[OptimizedTier1]", "int32 [app] Foo::Bar(int32[])")
    expect("_ZN3app4openEv", "app::open()")
  }
}
