/// The version of both programs.
public let fdtrackVersion = "0.1.0"
