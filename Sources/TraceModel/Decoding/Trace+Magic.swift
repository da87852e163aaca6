import FDTrackFormat

extension Trace {
  /// What every trace begins with: eight bytes, the last of which is 0.
  public static let magic = Array(FDT_MAGIC.utf8) + [0]
}
