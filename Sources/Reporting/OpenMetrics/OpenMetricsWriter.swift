/// Writes the text format of OpenMetrics 1.0, family by family, in a form that Prometheus' older
/// text format reads the same: gauges only, since the two name the samples of counters differently.
struct OpenMetricsWriter {
  private(set) var text = ""
  /// Labels that every sample has.
  private let common: OpenMetricsLabels
  private var family = ""

  init(common: OpenMetricsLabels) { self.common = common }

  /// Begins a family of gauges; its samples follow at once. The unit, if any, ends the name.
  mutating func gauge(_ name: String, unit: String? = nil, help: String) {
    family = "fdtrack_" + name + (unit.map { "_" + $0 } ?? "")
    text += "# TYPE \(family) gauge\n"
    if let unit { text += "# UNIT \(family) \(unit)\n" }
    text += "# HELP \(family) \(help)\n"
  }

  mutating func sample(_ value: some BinaryInteger, of labels: OpenMetricsLabels = []) {
    sample(labels, number: "\(value)")
  }

  /// Nanoseconds as the seconds that metrics are in, exact.
  mutating func sample(nanoseconds: UInt64, of labels: OpenMetricsLabels = []) {
    let fraction = String(nanoseconds % 1_000_000_000)
    let zeros = String(repeating: "0", count: 9 - fraction.utf8.count)
    sample(labels, number: "\(nanoseconds / 1_000_000_000).\(zeros)\(fraction)")
  }

  private mutating func sample(_ labels: OpenMetricsLabels, number: String) {
    let all = [common.text, labels.text].filter { !$0.isEmpty }.joined(separator: ",")
    text += "\(family){\(all)} \(number)\n"
  }

  /// Without the end a consumer takes the text for cut.
  mutating func end() { text += "# EOF\n" }
}
