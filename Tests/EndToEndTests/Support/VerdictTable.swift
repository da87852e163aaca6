extension VerdictCase {
  /// What is forgotten.
  static let leaks = [
    // A set-up that failed.
    Self(
      "failed_setup", "bind", "LEAK: bind", "leak", "abandoned_after_failure",
      cause: "bind EADDRINUSE"),
    Self(
      "failed_setup", "listen", "LEAK: listen", "leak", "abandoned_after_failure",
      cause: "listen EINVAL"),
    Self(
      "failed_setup", "connect", "LEAK: connect", "leak", "abandoned_after_failure",
      cause: "connect ECONNREFUSED"),
    Self(
      "failed_setup", "option", "LEAK: option", "leak", "abandoned_after_failure",
      cause: "setsockopt ENOENT"),
    Self(
      "failed_setup", "fdopen", "LEAK: fdopen", "leak", "abandoned_after_failure",
      cause: "fdopen EINVAL"),
    // A connection that is over.
    Self("gone_peers", "read_end", "LEAK: end", "leak", "peer_closed", cause: "read"),
    Self(
      "gone_peers", "receive_reset", "LEAK: reset", "leak", "abandoned_after_failure",
      cause: "recv ECONNRESET"),
    Self("gone_peers", "receive_either", "LEAK: either", "leak", "peer_closed", cause: "recv"),
    Self(
      "gone_peers", "write_broken", "LEAK: broken", "leak", "abandoned_after_failure",
      cause: "write EPIPE"),
    Self("gone_peers", "asks_itself", "LEAK: itself", "leak", "growth", cause: "poll EAGAIN"),
    Self("gone_peers", "timed_out", "LEAK: timeout", "leak", "growth", cause: "recv EAGAIN"),
    Self("gone_peers", "bad_request", "LEAK: bad request", "leak", "peer_closed"),
    Self("gone_peers", "forgotten_copies", "LEAK: copy", "leak", "peer_closed"),
    Self("gone_peers", "patient_clients", "LEAK: patient", "leak", "left_by_children"),
    Self(
      "gone_peers", "killed_with_copies", "LEAK: copy", "suspect", "peer_connected",
      limit: "killed before anybody asked the kernel who is still connected"),
    // An early return.
    Self("lost_files", "failed_fgets", "LEAK: fgets", "leak", "growth"),
    Self("lost_files", "found_entry", "LEAK: opendir", "leak", "growth"),
    Self("lost_files", "refused_file", "LEAK: fstat", "leak", "growth"),
    Self("lost_files", "lost_uploads", "LEAK: mkstemp", "leak", "growth"),
    Self("lost_files", "lost_memory", "LEAK: memfd", "leak", "growth"),
    Self("lost_files", "lost_pidfds", "LEAK: pidfd", "leak", "growth"),
    Self("lost_files", "lost_commands", "LEAK: popen", "leak", "growth"),
    // What is not seen as something of one's own.
    Self("lost_handles", "lost_duplicates", "LEAK: dup", "leak", "growth"),
    Self("lost_handles", "lost_pipe_ends", "LEAK: pipe end", "leak", "growth"),
    Self("lost_handles", "lost_messages", "LEAK: received", "leak", "growth"),
    Self("lost_handles", "leaking_child", "LEAK: child", "leak", "growth"),
    // One for each request of what a loop has one of.
    Self("lost_loops", "lost_epolls", "LEAK: epoll", "leak", "growth"),
    Self("lost_loops", "lost_timers", "LEAK: timer", "leak", "growth"),
    Self("lost_loops", "lost_events", "LEAK: event", "leak", "growth"),
    Self("lost_loops", "lost_watches", "LEAK: watch", "leak", "growth"),
    Self("lost_loops", "lost_by_threads", "LEAK: thread", "leak", "growth", live: 40),
    // Beside what is made for children.
    Self("children", "upgrade", "LEAK: before exec", "leak", "growth"),
    Self("children", "lose_null", "LEAK: null", "leak", "growth"),
    // Each by a stack of its own.
    Self("ways", "nested_parts", "LEAK: icon", "leak", "growth", live: 200),
    Self("ways", "some_parts", "LEAK: style", "leak", "outlives_siblings", live: 50),
    // Every pace.
    Self("patterns", "rare", "LEAK: rare", "leak", "outlives_siblings", live: 4),
    Self("patterns", "steady", "LEAK: steady", "leak", "growth", live: 60),
    Self("patterns", "bursts", "LEAK: bursts", "leak", "growth", live: 36),
    Self("patterns", "one_thread", "LEAK: thread", "leak", "growth", live: 30),
    Self(
      "patterns", "once", "LEAK: once", "held", "single", live: 1,
      limit: "one of a path of its own, and nothing failed"),
  ]

  /// What is meant to stay open.
  static let honest = [
    // Pools and caches.
    Self("pools", "rested_pool", "KEPT: connections", "held", "start_up", live: 200),
    Self("pools", "working_pool", "KEPT: working pool", "suspect", "burst", live: 20),
    Self("pools", "loaded_pool", "KEPT: loaded pool", "suspect", "burst", live: 12),
    Self("pools", "quiet_pool", "KEPT: quiet pool", "suspect", "burst", live: 20),
    Self("pools", "cache", "KEPT: cache", "suspect", "siblings_closed", live: 16),
    Self("pools", "idle_cache", "KEPT: cache", "suspect", "succession", live: 16),
    Self("pools", "popular_cache", "KEPT: popular", "suspect", "outlives_siblings", live: 16),
    Self("pools", "segments", "KEPT: segments", "suspect", "burst", live: 50),
    Self("pools", "table", "KEPT: table", "suspect", "outlives_siblings", live: 3),
    Self("pools", "brief_service", "KEPT: workers", "suspect", "burst", live: 8),
    Self("pools", "brief_service", "KEPT: followed", "suspect", "burst", live: 8),
    // One, or one for each part.
    Self("singletons", "per_thread", "KEPT: thread", "held", "one_per_thread", live: 32),
    Self("singletons", "few_threads", "KEPT: few threads", "suspect", "one_per_thread", live: 4),
    Self("singletons", "event_loop", "KEPT: loop", "held", "singleton", live: 1),
    Self("singletons", "many_loops", "KEPT: all loops", "suspect", "burst"),
    Self("singletons", "event_loop", "KEPT: self pipe", "held", "single", live: 2),
    Self("singletons", "watcher", "KEPT: watch", "held", "singleton", live: 1),
    Self("singletons", "lock_file", "KEPT: lock", "held", "single", live: 1),
    Self("singletons", "rotated_log", "KEPT: log", "suspect", "siblings_closed", live: 1),
    Self("singletons", "streams", "KEPT: streams", "suspect", "burst", live: 3),
    Self("singletons", "modules", "KEPT: folders", "suspect", "burst", live: 12),
    Self("singletons", "user_walk", "KEPT: users", "held", "libc_keeps", live: 1),
    Self(
      "failed_setup", "connect_at_last", "KEPT: connect at last", "held", "single", live: 1),
    Self("ways", "helper", "KEPT: parts of modules", "suspect", "never_closed", live: 24),
    // Servers and daemons.
    Self("servers", "listener_group", "KEPT: group", "held", "listener", live: 7),
    Self("servers", "prefork", "KEPT: listeners", "held", "single", live: 1),
    Self("servers", "fork_server", "KEPT: listeners", "held", "single", live: 1),
    Self("servers", "daemonize", "KEPT: daemon", "held", "single", live: 1),
    Self("servers", "daemonize", "KEPT: listeners", "held", "single", live: 1),
    Self("servers", "keep_alive", "KEPT: clients", "suspect", "peer_connected", live: 12),
    Self("servers", "forked_work", "KEPT: askers", "suspect", "peer_connected", live: 12),
    Self("servers", "some_stay", "KEPT: guests", "suspect", "peer_connected", live: 6),
    Self("servers", "killed", "KEPT: in flight", "suspect", "siblings_closed", live: 3),
    Self("servers", "handed_to_child", "KEPT: handed", "held", "single", live: 1),
    Self("servers", "worker_channels", "KEPT: channels", "held", "channel_to_child", live: 8),
    Self("servers", "own_ends", "KEPT: own ends", "held", "channel_to_child", live: 6),
    Self("servers", "own_ends", "KEPT: own pidfds", "held", "one_per_child", live: 6),
    Self(
      "servers", "long_sessions", "KEPT: session", "leak", "outlives_siblings", live: 3,
      limit: "connections of one place live briefly or for good"),
    // For children, or as one.
    Self("children", "supervisor", "KEPT: placed", "held", "handed_over", live: 18),
    Self("children", "reserve", "KEPT: numbers", "held", "start_up"),
    Self("children", "multiplexer", "KEPT: terminals", "held", "channel_to_child", live: 21),
    Self("children", "workers", "KEPT: worker streams", "held", "channel_to_child", live: 24),
    Self("children", "fork_server", "KEPT: remote worker", "held", "channel_to_child"),
    Self("children", "sessions", "KEPT: session", "held", "session_end", live: 12),
    // Beside the leaks.
    Self("patterns", "rare", "KEPT: listener", "held", "single", live: 1),
    Self("patterns", "rare", "KEPT: loop", "held", "singleton", live: 1),
    Self("patterns", "rare", "KEPT: parts", "suspect", "burst", live: 3),
    Self("lost_handles", "lost_duplicates", "KEPT: pool", "held", "single", live: 2),
    Self("gone_peers", "bad_request", "KEPT: listener", "held", "single", live: 1),
    Self("gone_peers", "asks_itself", "KEPT: own clients", "suspect", "peer_connected", live: 8),
  ]

  static let all = leaks + honest
}
