extension Report {
  /// What people know the sites of a row by, whichever run they are of.
  public struct Subject: Equatable, Sendable {
    public var kind: String
    /// How many are open.
    public var live: Int
    public var api: String
    /// Of the frame to look at first, as sentences name it.
    public var function: String?
    /// `client.c:38`; nil without a stack.
    public var place: String?
    /// Those of `live` that are not at `place`, and at how many others they are.
    public var elsewhere = Elsewhere()

    public struct Elsewhere: Equatable, Sendable {
      public var live = 0
      public var places = 0
    }

    public init(_ site: Site) {
      (kind, live, api) = (site.kind, site.live, site.api)
      function = site.stack.focus?.function.map(SpokenName.of)
      place = site.stack.focus?.shortPlace
    }

    /// Several as one, known by the first; nil for none.
    init?(_ subjects: [Subject]) {
      guard var all = subjects.first else { return nil }
      let others = subjects.dropFirst().filter { $0.place != all.place }
      let elsewhere = others.reduce(0) { $0.addingWithSaturation($1.live) }
      all.live = subjects.reduce(0) { $0.addingWithSaturation($1.live) }
      all.elsewhere = Elsewhere(live: elsewhere, places: Set(others.map(\.place)).count)
      self = all
    }

    /// `tcp sockets from socket() in dial at client.c:38`, or
    /// `tcp sockets from socket() in dial at client.c:38 (5) and 1 more place (2)`
    public var title: String {
      let inside = function.map { " in \($0)" } ?? ""
      let position = place.map { "\(inside) at \($0)" } ?? ", stack not recorded"
      let others =
        elsewhere.places == 0
        ? "" : " (\(live - elsewhere.live))\(otherPlaces) (\(elsewhere.live))"
      return "\(Narrative.plural(kind, live)) from \(api)()\(position)\(others)"
    }

    /// `client.c:38 and 1 more place`
    var places: String? { place.map { $0 + otherPlaces } }

    private var otherPlaces: String {
      elsewhere.places == 0 ? "" : " and \(Wording.count(elsewhere.places, "more place"))"
    }
  }
}
