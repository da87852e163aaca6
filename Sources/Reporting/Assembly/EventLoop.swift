/// Functions of libraries that wait for events and call what is to be done, or that are all of a
/// program's work: what a library opens below one belongs to an object that it serves, and not to
/// the loop.
enum EventLoop {
  static func isRun(by frame: Report.StackFrame) -> Bool {
    guard let function = frame.function else { return false }
    let name = OwnName.of(function)
    return names.contains(name) || isMain(name)
  }

  /// `Tcl_MainEx`, `gtk_main`, `glutMainLoop`, and no `g_main_context_new`: the name ends with the
  /// word main, or with what is said of it.
  private static func isMain(_ name: String) -> Bool {
    let endings = ["Main", "MainEx", "MainLoop", "_main", "_main_loop"]
    return name == "main" || endings.contains(where: name.hasSuffix)
  }

  /// Of Asio, Qt and their like by their own names, as scopes may be missing; of C in full.
  private static let names: Set = [
    "run", "run_one", "run_for", "run_until", "run_one_for", "run_one_until", "poll", "poll_one",
    "exec", "dispatch", "loop", "main_loop", "processEvents",
    "uv_run", "event_base_dispatch", "event_base_loop", "event_dispatch", "event_loop", "ev_run",
    "ev_loop", "g_main_loop_run", "g_main_context_iteration", "g_main_context_dispatch",
    "g_application_run", "gtk_main", "gtk_main_iteration", "sd_event_loop", "sd_event_run",
    "lws_service",
  ]

  /// Whether a function of Python is one: whoever called it only started it.
  static func isOfPython(_ function: String?) -> Bool { function.map(ofPython.contains) ?? false }

  private static let ofPython: Set = [
    "BaseEventLoop.run_forever", "BaseEventLoop._run_once", "Handle._run",
    "BaseServer.serve_forever",
  ]
}
