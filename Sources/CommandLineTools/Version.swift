/// The version of all programs of this package, as `--version` prints it.
public let fdtrackVersion = "0.1.0"
