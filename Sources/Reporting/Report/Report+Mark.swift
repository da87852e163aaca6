extension Report {
  /// What a program said it was doing, such as a test, and what is open of that. Counts are
  /// of the sites that the report shows.
  public struct Mark: Equatable, Sendable {
    /// nil: what was opened in no mark.
    public var name: String?
    /// How often it began.
    public var runs = 0
    public var firstBegunNs: UInt64?
    /// Open descriptors that were opened in it, and those among them whose sites leak and
    /// are suspect.
    public var open = 0
    public var leaked = 0
    public var suspected = 0
    /// Where, in the order of the report's sites.
    public var sites: [Share] = []

    /// How many of the mark's open descriptors are of one site.
    public struct Share: Equatable, Sendable {
      /// `Site.id`.
      public var site: Int
      public var count: Int
    }

    public init(name: String?) { self.name = name }
  }

  /// How many of a site's open descriptors were opened in a mark.
  public struct MarkShare: Equatable, Sendable {
    /// nil: in none.
    public var mark: String?
    public var count: Int

    public init(mark: String?, count: Int) { (self.mark, self.count) = (mark, count) }
  }
}
