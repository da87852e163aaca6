import Suppressions
import TraceModel

/// What suppressions look at in frames: several where functions were inlined, none in marks.
public typealias NamedFrames = (Set<Frame>) -> [Frame: [SuppressibleFrame]]

/// Tells ways apart by the known holders that their functions speak of: what is kept on purpose
/// and what is not are no one site, though one line opens both.
struct HeldWays {
  private let holders: KnownHolders
  private let names: NamedFrames

  init(_ holders: KnownHolders, _ names: @escaping NamedFrames) {
    (self.holders, self.names) = (holders, names)
  }

  /// Ways to one line.
  struct Line {
    /// The function that is called there, by each of its names.
    var callNames: [String]
    /// Indices of groups, with the frames of their stacks.
    var ways: [(group: Int, frames: [Frame])]
  }

  /// The groups, line by line: those together whose functions the same holders speak of.
  func parted(_ lines: [Line]) -> [[Int]] {
    let asked = lines.map { holders.byFunctions(for: $0.callNames) }
    let named = names(
      zip(lines, asked).reduce(into: []) { frames, line in
        guard !line.1.isEmpty else { return }
        for way in line.0.ways { frames.formUnion(way.frames) }
      })
    return zip(lines, asked).flatMap { line, holders in
      var parts: [[Int]: [Int]] = [:]
      for way in line.ways {
        let frames = holders.isEmpty ? [] : way.frames.flatMap { named[$0] ?? [] }
        parts[holders.indices.filter { holders[$0].matches(frames: frames) }, default: []]
          .append(way.group)
      }
      return parts.values.sorted { $0[0] < $1[0] }
    }
  }
}
