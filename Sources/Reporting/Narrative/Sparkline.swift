/// A line of counts as one row of characters, each as high as its count.
struct Sparkline: Equatable {
  /// How a row is drawn: a mark for zero, then seven for shares of the highest.
  enum Marks {
    case blocks, ascii

    var levels: [Character] {
      switch self {
      case .blocks: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
      case .ascii: ["_", ".", ":", "-", "=", "+", "*", "#"]
      }
    }

    /// Stands where counts begin to be known.
    var border: Character { self == .blocks ? "┆" : "|" }
  }

  var counts: [Int]
  /// The highest, which may lie between two counts; all of them are drawn to its scale.
  var peak: Int
  /// Where the peak is; nil when it is not known.
  var peakIndex: Int?
  /// Where counts begin to be known; 0 when all are.
  var knownFrom = 0

  /// The part before the border, then the border if there is one, and the rest: `columns`
  /// characters together, or fewer where there are fewer counts. Of counts that share a
  /// column the highest is drawn.
  func drawn(in columns: Int, _ marks: Marks) -> (unknown: String, known: String) {
    let width = max(0, min(columns, counts.count))
    var (unknown, known) = ("", "")
    for column in 0..<width {
      let range = column * counts.count / width..<(column + 1) * counts.count / width
      if knownFrom > 0, range.contains(knownFrom) {
        known.append(marks.border)
      } else if range.upperBound <= knownFrom {
        unknown.append(mark(range, marks))
      } else {
        known.append(mark(range, marks))
      }
    }
    return (unknown, known)
  }

  private func mark(_ range: Range<Int>, _ marks: Marks) -> Character {
    var highest = counts[range].max() ?? 0
    if let peakIndex, range.contains(peakIndex) { highest = max(highest, peak) }
    guard highest > 0, peak > 0 else { return marks.levels[0] }
    let share = min(1, Double(highest) / Double(peak))
    return marks.levels[max(1, Int((share * 7).rounded(.up)))]
  }
}
