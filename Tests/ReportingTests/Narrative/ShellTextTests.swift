import Foundation
import Testing

@testable import Reporting

@Suite("Command lines for a shell")
struct ShellTextTests {
  @Test("Plain words stay as they are, others are quoted")
  func quoting() {
    #expect(
      ShellText.command(["./server", "--port=8080", "a,b@c"]) == "./server --port=8080 a,b@c")
    #expect(ShellText.word("") == "''")
    #expect(ShellText.word("it's $HOME") == #"'it'\''s $HOME'"#)
    #expect(ShellText.word("a\nb\\'\u{1b}") == #"$'a\012b\\\'\033'"#)
    #expect(ShellText.word("\u{202e}") == #"$'\342\200\256'"#)
    #expect(ShellText.path("-rf") == "./-rf")
  }

  @Test("A shell gets back what was quoted, and runs nothing of it")
  func shell() throws {
    let words = [
      "plain", "", "two words", "it's", "$(touch /nonexistent/x)", "`id`", "a;b&c|d>e", "~", "*",
      "!x", "\\", "\n\t\u{1b}[0m7", "é漢\u{202e}", "-n", "#", "\"",
      Hostile.text.filter { $0 != "\0" },
    ]
    let bash = Process()
    bash.executableURL = URL(fileURLWithPath: "/bin/bash")
    bash.arguments = ["-c", #"printf '%s\0' "# + ShellText.command(words)]
    bash.environment = ["LC_ALL": "C.UTF-8"]
    let pipe = Pipe()
    bash.standardOutput = pipe
    try bash.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    bash.waitUntilExit()
    let got = output.split(separator: 0, omittingEmptySubsequences: false).dropLast()
      .map { String(decoding: $0, as: UTF8.self) }
    #expect(got == words)
  }
}
