import Testing

@testable import Reporting

@Suite("The picture of how many were open over time")
struct SparklineTests {
  private func drawn(_ line: Sparkline, _ columns: Int = 80, _ marks: Sparkline.Marks = .ascii)
    -> String
  {
    let (unknown, known) = line.drawn(in: columns, marks)
    return unknown + known
  }

  @Test("Zero has a mark of its own, and the highest count is the highest mark")
  func levels() {
    let line = Sparkline(counts: [0, 1, 2, 3, 4, 5, 6, 7], peak: 7)
    #expect(drawn(line) == "_.:-=+*#")
    #expect(drawn(line, 80, .blocks) == "▁▂▃▄▅▆▇█")
    #expect(drawn(Sparkline(counts: [0, 1, 10_000], peak: 10_000)) == "_.#")
  }

  @Test("Counts that share a column show the highest of them")
  func narrow() {
    let line = Sparkline(counts: [0, 0, 7, 0, 0, 1], peak: 7)
    #expect(drawn(line, 3) == "_#.")
    #expect(drawn(line, 1) == "#")
    #expect(drawn(line, 0) == "")
  }

  @Test("A peak between two moments is shown where it was")
  func peak() {
    #expect(drawn(Sparkline(counts: [1, 1, 1, 1], peak: 7, peakIndex: 2)) == "..#.")
    #expect(drawn(Sparkline(counts: [1, 1], peak: 7, peakIndex: 9)) == "..")
  }

  @Test("A mark stands where counts begin to be known")
  func border() {
    let (unknown, known) = Sparkline(counts: [1, 1, 7, 7, 7], peak: 7, knownFrom: 2)
      .drawn(in: 80, .ascii)
    #expect(unknown == "..")
    #expect(known == "|##")
  }

  @Test(
    "What a report holds cannot make it fail", arguments: [[], [0], [.max, 0, .max], [-5, 3]])
  func hostile(counts: [Int]) {
    for peak in [0, 1, Int.max] {
      let line = Sparkline(counts: counts, peak: peak, peakIndex: .max, knownFrom: .max)
      #expect(drawn(line).count <= counts.count)
    }
  }
}
