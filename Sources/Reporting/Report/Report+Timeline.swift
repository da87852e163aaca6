extension Report {
  /// How many descriptors were open over the trace's time: counts at moments of equal
  /// distance. The last count of every line is exact.
  public struct Timeline: Equatable, Sendable {
    /// Nanoseconds since the trace started, in ascending order.
    public var momentsNs: [UInt64]
    /// Over all processes that live at each moment; one count for each.
    public var tree: Line

    public init(momentsNs: [UInt64], tree: Line) {
      (self.momentsNs, self.tree) = (momentsNs, tree)
    }

    /// Counts of one process, site, or of the whole tree.
    public struct Line: Equatable, Sendable {
      /// Index in `momentsNs` of the first count.
      public var first: Int
      /// One for each moment from there on.
      public var counts: [Int]
      /// Before this moment counts are lower bounds, as older events were overwritten: what
      /// the tables know, which is mostly what is still open. 0 when nothing is missing.
      public var knownFromNs: UInt64

      public init(first: Int = 0, counts: [Int], knownFromNs: UInt64 = 0) {
        (self.first, self.counts, self.knownFromNs) = (first, counts, knownFromNs)
      }
    }
  }
}
