import Testing

@testable import Watching

@Suite("Keys as a terminal sends them") struct WatchKeyTests {
  private func keys(_ text: String) -> [WatchKey] {
    var decoder = WatchKeyDecoder()
    return decoder.decode(text.utf8) + [decoder.flush()].compactMap(\.self)
  }

  @Test(
    "Sequences of the arrows and their like are one key",
    arguments: [
      ("\u{1b}[A", WatchKey.up), ("\u{1b}OB", .down), ("\u{1b}[5~", .pageUp),
      ("\u{1b}[6~", .pageDown), ("\u{1b}[H", .home), ("\u{1b}OF", .end), ("\r", .enter),
      ("\n", .enter), ("\u{1b}", .escape), ("q", .character("q")), (" ", .character(" ")),
    ])
  func sequences(text: String, key: WatchKey) {
    #expect(keys(text) == [key])
  }

  @Test("A sequence may come in pieces")
  func pieces() {
    var decoder = WatchKeyDecoder()
    #expect(decoder.decode([0x1b]) == [])
    #expect(decoder.isWaiting)
    #expect(decoder.decode([0x5b]) == [])
    #expect(decoder.decode([0x42, 0x71]) == [.down, .character("q")])
    #expect(!decoder.isWaiting)
  }

  @Test(
    "What is not known is dropped whole",
    arguments: ["\u{1b}[1;5C", "\u{1b}[200~", "\u{1b}x", "\t", "\u{7f}", "é", "\u{1b}["])
  func unknown(text: String) {
    #expect(keys(text) == [])
    #expect(keys(text + (text == "\u{1b}[" ? "9~q" : "q")).last == .character("q"))
  }

  @Test("ESC and an arrow are two keys")
  func escapes() {
    #expect(keys("\u{1b}\u{1b}[A") == [.escape, .up])
  }

  @Test("Noise without an end keeps nothing")
  func noise() {
    var decoder = WatchKeyDecoder()
    #expect(
      decoder.decode([0x1b, 0x5b] + Array(repeating: 0x31, count: 10_000)).allSatisfy {
        $0 == .character("1")
      })
    _ = decoder.flush()
    #expect(decoder.decode(Array("q".utf8)) == [.character("q")])
  }
}
