import Testing

@testable import Reporting

@Suite("Drawings of counts over time")
struct StepPlotTests {
  let plot = StepPlot(x: 10...110, y: 0...40, moments: 11, top: 4)

  @Test("A line is drawn in steps, one wherever a count changes")
  func steps() {
    let line = Report.Timeline.Line(first: 2, counts: [0, 1, 1, 4, 2])
    #expect(plot.path(line) == "M30 40H40V30H60V0H70V20H70")
    #expect(plot.area(line) == "M30 40H40V30H60V0H70V20H70V40H30Z")
  }

  @Test("What lies beyond the edges is drawn on them")
  func edges() {
    let line = Report.Timeline.Line(first: -3, counts: [.min, .max])
    #expect(plot.path(line) == "M10 40H10V0H10")
    #expect(plot.path(Report.Timeline.Line(first: .max / 2, counts: [1])) == "M110 30H110")
    #expect(plot.path(Report.Timeline.Line(counts: [])) == "")
    #expect(plot.column(at: 2) == 110)
    #expect(plot.column(at: -.infinity) == 10)
  }

  @Test(
    "Counts are marked in round steps up to the most",
    arguments: [
      (0, [0, 1]), (1, [0, 1]), (4, [0, 1, 2, 3, 4]), (5, [0, 2, 4, 6]),
      (43, [0, 20, 40, 60]), (1000, [0, 500, 1000]), (1001, [0, 500, 1000, 1500]),
    ])
  func counts(most: Int, ticks: [Int]) { #expect(AxisTicks.counts(to: most) == ticks) }

  @Test("Whatever the count, the marks are few")
  func fewMarks() {
    for most in [7, 99, 12_345, 1 << 40, .max] {
      let ticks = AxisTicks.counts(to: most)
      #expect((2...6).contains(ticks.count))
      #expect(most > 1 << 52 || (ticks.last ?? 0) >= most)
    }
  }

  @Test("Moments are marked in units of clocks")
  func moments() {
    #expect(AxisTicks.moments(within: 0) == [0])
    #expect(
      AxisTicks.moments(within: 3_700_000).map(DurationText.of) == ["0 ns", "1 ms", "2 ms", "3 ms"])
    #expect(
      AxisTicks.moments(within: 100_000_000_000).map(DurationText.of)
        == ["0 ns", "30 s", "1 min", "1 min 30 s"])
    for duration in [1, 59, 1 << 40, 1 << 60, UInt64.max] {
      #expect((1...7).contains(AxisTicks.moments(within: duration).count))
    }
  }
}
