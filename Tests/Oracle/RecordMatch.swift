import TraceModel

/// Which record of the trace is of which image of the log.
struct RecordMatch {
  /// By place in the model's images.
  private(set) var records: [Int: TracedProcess] = [:]
  private(set) var mismatches: [Mismatch] = []

  init(_ images: [ProcessImage], _ trace: Trace) {
    var places: [Int: [Int]] = [:]
    for (place, image) in images.enumerated() { places[image.pid, default: []].append(place) }
    var free = places
    // What a parent noted of a program that runs without the shim is its guess alone.
    for record in trace.processes
    where record.pid != 0 && (record.how != .spawn || record.flags.contains(.attached)) {
      let wantsFork = record.how == .fork || record.how == .vfork
      let found = free[record.pid]?.firstIndex { place in
        let image = images[place]
        return wantsFork ? image.number == 0 : image.number > 0 && image.hasShim
      }
      guard let found, let place = free[record.pid]?.remove(at: found) else {
        mismatches.append(
          Mismatch(
            pid: record.pid, record: record.id,
            text: "the log has no such process (\(record.how.rawValue))"))
        continue
      }
      records[place] = record
    }
    for (place, image) in images.enumerated() where records[place] == nil {
      guard Self.mustBeTraced(image) else { continue }
      mismatches.append(
        Mismatch(
          pid: image.pid, image: image.number, line: image.line,
          text: "the trace has no such process"))
    }
  }

  /// A program that was given the shim is in the trace from its start. A child made
  /// by a call that is not wrapped is from its first event.
  private static func mustBeTraced(_ image: ProcessImage) -> Bool {
    if image.number > 0 { return image.hasShim }
    guard image.hasShim, !image.isSpawning else { return false }
    return image.changes.contains { if case .wrapper = $0.origin { true } else { false } }
  }
}
