/// Where counts over time stand in a drawing of whole units: each count holds up to the next
/// moment.
struct StepPlot {
  /// The area within the axes.
  var x: ClosedRange<Int>
  var y: ClosedRange<Int>
  /// Moments of equal distance; two at least.
  var moments: Int
  /// The count at the upper edge, 1 at least.
  var top: Int

  private var width: Int { x.upperBound - x.lowerBound }
  private var height: Int { y.upperBound - y.lowerBound }

  /// Of the moment of that index.
  func column(_ index: Int) -> Int {
    let last = max(1, moments - 1)
    return x.lowerBound + width * min(max(index, 0), last) / last
  }

  /// Of a share of the time, from 0 to 1.
  func column(at share: Double) -> Int {
    x.lowerBound + Int((Double(width) * min(max(share, 0), 1)).rounded())
  }

  /// Counts beyond the edges are drawn on them.
  func row(_ count: Int) -> Int {
    let share = Double(min(max(count, 0), top)) / Double(max(1, top))
    return y.upperBound - Int((Double(height) * share).rounded())
  }

  /// SVG path data of a line: one step wherever the drawing changes.
  func path(_ line: Report.Timeline.Line) -> String {
    guard let first = line.counts.first else { return "" }
    var row = row(first)
    var path = "M\(column(line.first)) \(row)"
    for (offset, count) in line.counts.enumerated() where self.row(count) != row {
      row = self.row(count)
      path += "H\(column(line.first + offset))V\(row)"
    }
    return path + "H\(column(line.first + line.counts.count - 1))"
  }

  /// The same, closed along the lower edge.
  func area(_ line: Report.Timeline.Line) -> String {
    let path = path(line)
    return path.isEmpty ? "" : path + "V\(y.upperBound)H\(column(line.first))Z"
  }
}

/// The marks of an axis.
enum AxisTicks {
  /// Round counts from 0 to at least `most`, some four of them.
  static func counts(to most: Int) -> [Int] {
    let most = min(max(most, 1), 1 << 52)
    var unit = 1
    while most > 40 * unit { unit *= 10 }
    let step = [1, 2, 5, 10].map { $0 * unit }.first { most <= 4 * $0 } ?? 10 * unit
    let last = (most + step - 1) / step
    return (0...last).map { $0 * step }
  }

  /// Round moments within `duration`, six of them at most; nanoseconds.
  static func moments(within duration: UInt64) -> [UInt64] {
    let step = steps.first { duration / $0 < 6 } ?? max(1, duration / 5)
    return (0...(duration / step)).map { $0 * step }
  }

  private static let steps: [UInt64] = {
    var steps: [UInt64] = []
    var unit: UInt64 = 1
    while unit < 1_000_000_000 {
      steps += [unit, 2 * unit, 5 * unit]
      unit *= 10
    }
    let second: UInt64 = 1_000_000_000
    let seconds: [UInt64] = [
      1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200,
      86_400, 172_800, 432_000, 864_000, 2_592_000, 8_640_000, 31_536_000,
    ]
    return steps + seconds.map { $0 * second }
  }()
}
