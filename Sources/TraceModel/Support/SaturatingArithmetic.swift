extension FixedWidthInteger {
  /// The sum of two counts, neither of which is negative, or the largest number where it would be
  /// more: a trace may claim any.
  @inlinable
  public func addingWithSaturation(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}

extension FixedWidthInteger where Self: UnsignedInteger {
  /// The difference of two counts or moments, or 0 where it would be less: a trace may claim any,
  /// and one processor's clock may be behind another's.
  @inlinable
  public func subtractingWithSaturation(_ other: Self) -> Self { self > other ? self - other : 0 }
}
