import ArgumentParser

/// The size of a trace: a number of bytes, or of KiB, MiB or GiB with one of
/// the letters k, M, G (either case).
struct RunSize: Equatable, ExpressibleByArgument {
  var bytes: UInt64

  init?(argument: String) {
    let shift =
      switch argument.last {
      case "k", "K": 10
      case "m", "M": 20
      case "g", "G": 30
      default: 0
      }
    let digits = shift == 0 ? argument[...] : argument.dropLast()
    guard digits.allSatisfy(\.isASCII), digits.first?.isNumber == true,
      let number = UInt64(digits)
    else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    guard !overflow, bytes > 0, bytes <= Int64.max else { return nil }
    self.bytes = bytes
  }
}
