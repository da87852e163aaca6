import Testing

@testable import Suppressions

@Suite("Suppression files")
struct SuppressionFileTests {
  private func parse(_ text: String) throws(SuppressionError) -> [Suppression] {
    try SuppressionFile.parse(text.utf8, file: "app.supp")
  }

  @Test("Blocks have a name, a place and conditions; comments and empty lines are none")
  func blocks() throws {
    let parsed = try parse(
      """
      # Known since spring.
      {
        the log: kept on purpose
        reason: rotated by hand

        # any of the two
        path: /var/log/*.log
        path: /var/log/*.err
        api: open()
        kind: file
        owner: raw
      }
        {
      second
      fingerprint: 2B98365B22E07D35
      verdict: suspect
      fun: dial*
      ...
      mod: */libpool.so*
      src: pool/dial.c
        }
      """)
    #expect(parsed.map(\.name) == ["the log: kept on purpose", "second"])
    #expect(parsed.map(\.line) == [2, 13])
    #expect(parsed.allSatisfy { $0.file == "app.supp" })
    #expect(parsed[0].reason == "rotated by hand")
    #expect(parsed[0].paths == [Glob("/var/log/*.log"), Glob("/var/log/*.err")])
    #expect(parsed[0].calls == [Glob("open")])
    #expect(parsed[0].kinds == [Glob("file")])
    #expect(parsed[0].owners == ["raw"])
    #expect(parsed[1].fingerprints == ["2b98365b22e07d35"])
    #expect(parsed[0].verdicts.isEmpty && parsed[1].verdicts == ["suspect"])
    #expect(
      parsed[1].frames == [
        .function(Glob("dial*")), .anyFrames, .module(Glob("*/libpool.so*")),
        .source(Glob("pool/dial.c")),
      ])
  }

  @Test("An empty file, comments alone and Windows line ends are fine")
  func harmless() throws {
    #expect(try parse("").isEmpty)
    #expect(try parse("# nothing\n\n   \n").isEmpty)
    #expect(try parse("\u{feff}{\r\nname\r\nkind: tcp\r\n}\r\n").map(\.name) == ["name"])
  }

  @Test(
    "What is wrong is told with its line and with what to do",
    arguments: [
      ("\nfun: dial", 2, "'fun: dial' is outside of a block; put it between"),
      ("{\nname\nkind: tcp", 1, "does not end; end it with a line }"),
      ("{\nname\nkind: tcp\n{\n}", 4, "inside of the one of line 1"),
      ("}\n", 1, "ends no block; begin one with a line {"),
      ("{\n}", 1, "empty; give it a name and a condition"),
      ("\n{\nname\n}", 2, "'name' has no condition and would suppress everything; add one"),
      ("{\nname\n...\n}", 1, "would suppress everything"),
      ("{\nname\nreason: none\n}", 1, "would suppress everything"),
      ("{\nfun: dial\n}", 2, "stands where the block's name belongs; put a name before it"),
      ("{\n...\n}", 2, "stands where the block's name belongs"),
      ("{\nname\nfunc: dial\n}", 3, "'func: dial' is no condition; known are fingerprint:"),
      ("{\nname\ndial\n}", 3, "'dial' is no condition"),
      ("{\nname\nobj: x\n}", 3, "obj: is called mod: here"),
      ("{\nname\nfun:\n}", 3, "'fun:' says nothing; write after the colon"),
      ("{\nname\nkind: tpc\n}", 3, "there is no kind 'tpc'; known are unknown, file"),
      ("{\nname\nverdict: held\n}", 3, "has the verdict 'held'; known are leak, suspect"),
      ("{\nname\nowner: me\n}", 3, "there is no owner 'me'; known are raw, FILE"),
      ("{\nname\nfingerprint: 12\n}", 3, "'12' is no fingerprint; copy the 16"),
      ("{\nname\nreason: a\nreason: b\nkind: tcp\n}", 4, "has a reason already; keep one"),
    ] as [(String, Int, String)])
  func refused(text: String, line: Int, problem: String) {
    #expect {
      _ = try parse(text)
    } throws: { error in
      guard let error = error as? SuppressionError else { return false }
      return error.description.hasPrefix("app.supp:\(line): ") && error.problem.contains(problem)
    }
  }

  @Test("A line that is not UTF-8 is named")
  func encoding() {
    #expect(
      throws: SuppressionError(
        file: "x", line: 2, problem: "this line is not UTF-8; save the file as UTF-8")
    ) {
      _ = try SuppressionFile.parse(Array("# fine\n".utf8) + [0xff, 0xfe], file: "x")
    }
  }
}
