extension Narrative {
  /// The command lines that record the program again and read the trace, for a shell; nil when
  /// the command is not known.
  var reproduction: [String]? {
    guard let first = report.processes.first, first.how == "start",
      !first.argv.isEmpty
    else { return nil }
    // Cut ones would run something else.
    let command = ShellText.command(first.argv)
    guard command.utf8.count <= Self.longestCommand else { return nil }
    var lines: [String] = []
    if let folder = first.cwd, folder.utf8.count <= Self.longestCommand {
      lines.append("cd \(ShellText.path(folder))")
    }
    // The trace that such a run writes, whatever this one is called.
    return lines + ["fdtrack run -- \(command)", "fdtrack-report trace.bin"]
  }

  private static let longestCommand = 4096
}
