/// One line of a suppression that stands for frames of a stack.
public enum FramePattern: Equatable, Sendable {
  /// `...`: any number of frames, none included.
  case anyFrames
  /// `fun:`
  case function(Glob)
  /// `mod:`
  case module(Glob)
  /// `src:`, with or without a line at its end.
  case source(Glob)

  /// What is not known of a frame is taken for an empty text, so that `*` stands for it too.
  func matches(_ frame: SuppressibleFrame) -> Bool {
    switch self {
    case .anyFrames: return true
    case .function(let glob):
      return frame.functions.isEmpty
        ? glob.matches("") : frame.functions.contains(where: glob.matches)
    case .module(let glob): return glob.matchesEnd(ofPath: frame.module ?? "")
    case .source(let glob):
      let file = frame.file ?? ""
      if glob.matchesEnd(ofPath: file) { return true }
      return frame.line.map { glob.matchesEnd(ofPath: "\(file):\($0)") } ?? false
    }
  }
}

extension [FramePattern] {
  /// True when the patterns stand for the innermost frames of a stack, one for one but for
  /// `...`; outer frames beyond the last pattern may be any.
  ///
  /// As with `Glob`, only the last `...` has to take more on a mismatch.
  func matchStart(of frames: [SuppressibleFrame]) -> Bool {
    var (at, place) = (0, 0)
    var dots: (place: Int, taken: Int)?
    while place < count {
      if self[place] == .anyFrames {
        dots = (place, at)
        place += 1
      } else if at < frames.count, self[place].matches(frames[at]) {
        at += 1
        place += 1
      } else if at < frames.count, let last = dots {
        dots = (last.place, last.taken + 1)
        (at, place) = (last.taken + 1, last.place + 1)
      } else {
        return false
      }
    }
    return true
  }
}
