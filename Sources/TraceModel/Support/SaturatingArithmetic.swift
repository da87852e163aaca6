extension FixedWidthInteger {
  /// The sum of two counts, neither of which is negative, or the largest number where it would be
  /// more: a trace may claim any.
  @inlinable
  public func addingWithSaturation(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
