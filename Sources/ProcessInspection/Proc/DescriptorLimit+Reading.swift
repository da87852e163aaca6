extension DescriptorLimit {
  /// From `/proc/PID/limits` (proc_pid_limits(5)); nil when the line is not there.
  init?(limits text: String) {
    let label = "Max open files"
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(label) }) else {
      return nil
    }
    let fields = line.dropFirst(label.count).split(whereSeparator: \.isWhitespace)
    guard fields.count >= 2, Self.isNumber(fields[0]), Self.isNumber(fields[1]) else { return nil }
    self.init(soft: UInt64(fields[0]), hard: UInt64(fields[1]))
  }

  private static func isNumber(_ field: Substring) -> Bool {
    field == "unlimited" || UInt64(field) != nil
  }
}
