/// First screens as they are meant to read.
enum Screens {
  static let narrow = #"""
    1 call site leaks 40 fds; 1 more is suspect (3 fds). 1 wrong use of fds.
    ./server --port 8080 (pid 790)
    4 processes, 12 s, from 2026-03-01T12:30:05.250Z, on build7
    fds  ▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▄▅▅▅▅▅▅▅▅▅▅▅▅▅▆▆▆▆▆▆▆▆▆▆▆▇▇▇▇▇▇▇▇▇▇▇▇▇██████
         pid 790 (server), with 0-2: 46 open at the end; at most 46, after 12 s; the
         limit is 1024.

    LEAK  40 tcp sockets from socket() in new_socket at client.c:38
      [cac6d88a5414de0d]
      to 127.0.0.1:443 CLOSE (38 times), to 10.0.0.1:80, to 10.0.0.2:80
      why     The last thing that happened to 38 of 40 was that connect() failed
              with ECONNREFUSED in dial at client.c:58.
              They were opened again and again over 12 s, and 40 stayed open.
      rate    About 3 a second more stay open, steadily. At that rate the limit is
              reached in 5 min 5 s.
      change  Call close() when connect() fails with ECONNREFUSED, in dial at
              client.c:58, as is done for the others in finish at client.c:99.
      opened  › new_socket (inlined)  src/client.c:38
                dial  src/client.c:55
                main  src/main.c:12
                (+2 frames of start-up code)
      when    First opened 210 ms after the start, last 12 s; 1300 opened, 1260
              closed, at most 41 at once.
    """#

  static let wide = #"""
    1 call site leaks 40 fds; 1 more is suspect (3 fds). 1 wrong use of fds.
    ./server --port 8080 (pid 790)
    4 processes, 12 s, from 2026-03-01T12:30:05.250Z, on build7
    fds  ▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇█████████
         pid 790 (server), with 0-2: 46 open at the end; at most 46, after 12 s; the limit is 1024.

    LEAK  40 tcp sockets from socket() in new_socket at client.c:38  [cac6d88a5414de0d]
      to 127.0.0.1:443 CLOSE (38 times), to 10.0.0.1:80, to 10.0.0.2:80
      why     The last thing that happened to 38 of 40 was that connect() failed with ECONNREFUSED in
              dial at client.c:58.
              They were opened again and again over 12 s, and 40 stayed open.
      rate    About 3 a second more stay open, steadily. At that rate the limit is reached in 5 min 5 s.
      change  Call close() when connect() fails with ECONNREFUSED, in dial at client.c:58, as is done
              for the others in finish at client.c:99.
      opened  › new_socket (inlined)  src/client.c:38
                dial  src/client.c:55
                main  src/main.c:12
                (+2 frames of start-up code)
      when    First opened 210 ms after the start, last 12 s; 1300 opened, 1260 closed, at most 41 at
              once.
      who     pid 790 (server): fds 7-46, opened by threads 790, 795.
      closed  1260 others by close() in finish at client.c:99, after 300 us to 2.1 s, median about 12
              ms.
    """#

  static let ranOut = #"""
    1 call site leaks 40 fds; 1 more is suspect (3 fds). 1 process ran out of fds.
    ./server --port 8080 (pid 790)
    4 processes, 1 d 2 h, from 2026-03-01T12:30:05.250Z, on build7
    pid 790 (server) ran out of fds (limit 1024) in accept4() in finish at
      client.c:99, 1 d 1 h after the start; open then: 1010 from socket() at
      client.c:38.
    Still running: this is the state so far.
    fds  ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▅▅▅▅▅▅▅▅▆┆▆▆▆▆▆▇▇▇▇▇██████
         With 0-2: 1024 open now; at most 1024, after 1 d 1 h: the limit. Of the
         time before 20 h little more is known than what is still open.

    LEAK  40 tcp sockets from socket() in new_socket at client.c:38
      [cac6d88a5414de0d]
      to 127.0.0.1:443 CLOSE (38 times), to 10.0.0.1:80, to 10.0.0.2:80
      why     The last thing that happened to 38 of 40 was that connect() failed
              with ECONNREFUSED in dial at client.c:58.
              They were opened again and again over 12 s, and 40 stayed open.
      rate    About 3 a second more stay open, steadily. At that rate the limit is
              reached in 5 min 5 s.
      change  Call close() when connect() fails with ECONNREFUSED, in dial at
              client.c:58, as is done for the others in finish at client.c:99.
      opened  › new_socket (inlined)  src/client.c:38
                dial  src/client.c:55
    """#
}
