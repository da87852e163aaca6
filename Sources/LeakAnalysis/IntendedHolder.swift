/// Descriptors that libc keeps for itself by design, and what makes it let go.
struct IntendedHolder {
  /// The call that they were opened for, without what varies: `getpwent`, `getpwent_r`.
  let prefixes: [String]
  /// What for.
  let purpose: String
  let releaser: String

  /// Sources: the man pages of the calls.
  private static let all = [
    IntendedHolder(
      prefixes: ["openlog", "syslog", "vsyslog", "__syslog", "__vsyslog", "fmtmsg"],
      purpose: "the system log", releaser: "closelog"),
    IntendedHolder(
      prefixes: ["setpwent", "getpwent"], purpose: "the walk through the users",
      releaser: "endpwent"),
    IntendedHolder(
      prefixes: ["setgrent", "getgrent"], purpose: "the walk through the groups",
      releaser: "endgrent"),
    IntendedHolder(
      prefixes: ["setspent", "getspent"], purpose: "the walk through the passwords",
      releaser: "endspent"),
    IntendedHolder(
      prefixes: ["setsgent", "getsgent"], purpose: "the walk through the groups' passwords",
      releaser: "endsgent"),
    IntendedHolder(
      prefixes: ["sethostent", "gethostent"], purpose: "the walk through the hosts",
      releaser: "endhostent"),
    IntendedHolder(
      prefixes: ["setnetent", "getnetent"], purpose: "the walk through the networks",
      releaser: "endnetent"),
    IntendedHolder(
      prefixes: ["setprotoent", "getprotoent"], purpose: "the walk through the protocols",
      releaser: "endprotoent"),
    IntendedHolder(
      prefixes: ["setservent", "getservent"], purpose: "the walk through the services",
      releaser: "endservent"),
    IntendedHolder(
      prefixes: ["setrpcent", "getrpcent"], purpose: "the walk through the RPC programs",
      releaser: "endrpcent"),
    IntendedHolder(
      prefixes: ["setut", "getut", "putut"], purpose: "the list of logins", releaser: "endutent"),
    IntendedHolder(
      prefixes: ["setfsent", "getfs"], purpose: "the table of file systems",
      releaser: "endfsent"),
    IntendedHolder(
      prefixes: ["lckpwdf"], purpose: "the lock on the passwords", releaser: "ulckpwdf"),
  ]

  static func of(_ call: String) -> IntendedHolder? {
    all.first { $0.prefixes.contains { call.hasPrefix($0) } }
  }
}
