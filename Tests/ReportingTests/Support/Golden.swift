/// `Sample.report` as it is meant to read.
enum Golden {
  /// 80 columns, ASCII, without colour.
  static let text = #"""
    1 call site leaks 40 fds; 1 more is suspect (3 fds). 1 wrong use of fds.
    ./server --port 8080 (pid 790)
    4 processes, 12 s, from 2026-03-01T12:30:05.250Z, on build7
    fds  ........:::::::::::::-----------=============+++++++++++*************######
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
      opened  > new_socket (inlined)  src/client.c:38
                dial  src/client.c:55
                main  src/main.c:12
                (+2 frames of start-up code)
      when    First opened 210 ms after the start, last 12 s; 1300 opened, 1260
              closed, at most 41 at once.
      who     pid 790 (server): fds 7-46, opened by threads 790, 795.
      closed  1260 others by close() in finish at client.c:99, after 300 us to 2.1
              s, median about 12 ms.

    SUSPECT  3 files from fopen() in cache::Store::load at cache.cc:203
      [08735c128f698365]
      /var/cache/app/50.db, /var/cache/app/51.db, /var/cache/app/9.db
      why     Only 3 are open, and nothing tells whether more would come.
              1 program started by exec keeps 2 copies of them because close-on-exec
              was not set.
      change  If what fopen() opens in cache::Store::load at cache.cc:203 is not
              meant to stay open, call fclose() when done with it.
              Use the mode letter "e" in fopen() in cache::Store::load at
              cache.cc:203, so that started programs do not keep it.
      opened    std::fopen(char const*, char const*)  server+0x1777
              > cache::Store::load(std::string const&)  src/cache.cc:203
                main  src/main.c:12
                (+2 frames of start-up code)
                (deeper frames were not followed)
      when    First opened 1 ms after the start, last 3 ms; 3 opened, 0 closed, at
              most 3 at once in one process.
      who     pid 790 (server): fds 50-51, opened by thread 790.
              pid 812 (server): fd 9, opened by thread 790.

    Kept by started programs
      holder     fd     what                          opened by         why
      812        5      tcp 0.0.0.0:8080, listening   790 server,       no
      worker,                                         ended,            SOCK_CLOEXEC
      ended                                           server.c:88
      812        50-51  file /var/cache/app/50.db; 2  790 server,       no mode "e"
      worker,           descriptors, one open file    ended,
      ended                                           cache.cc:203

      pid 812 (worker) held tcp 0.0.0.0:8080, listening, as fd 5 until it ended:
        opened by pid 790 (server) at server.c:88, which has ended; missing
        SOCK_CLOEXEC. Started as "worker -v" by execve() in run_worker at
        server.c:120.
        change  Use SOCK_CLOEXEC in socket() in listen_on at server.c:88, so that
                started programs do not keep it.
      pid 812 (worker) held file /var/cache/app/50.db as fds 50-51 until it ended:
        opened by pid 790 (server) at cache.cc:203, which has ended; missing mode
        "e". 2 descriptors, one open file: 1 by fopen() at cache.cc:203, 1 by dup2()
        at client.c:38. Started as "worker -v" by execve() in run_worker at
        server.c:120.
        change  Use the mode letter "e" in fopen() in cache::Store::load at
                cache.cc:203, so that started programs do not keep it.

    Held, and likely intended
      1 file from open() in open_log at log.c:7. Opened once per process, and
        nothing tells against it.

    Wrong closes and uses
      pid 790 (server) closes fd 7 again in finish at client.c:99, 3 times; opened
        in new_socket at client.c:38; closed before in dial at client.c:58.

    Processes
      790 ./server --port 8080: exit 0, 43 fds open at the end
      |- 812 ./server --port 8080: by fork, went on as another program, 1 fd open at
           the end
      |  `- 812 worker -v: by exec, killed by SIGKILL, 4 fds open at the end (2
              inherited)
      `- 813 /bin/busybox: spawned, end not seen, not traced

    Coverage
      Not compared with the kernel's own list of open fds, as a process does when it
        ends by itself: pid 812 (worker).
      Not traced, being static, setuid, started without the preload
        (FDTRACK_FOLLOW=1 hands it on), ended before it could, or not let into the
        trace (another user, a read-only mount, too little address space, a trace
        renamed or removed): pid 813 (busybox).
      No symbols for /opt/vendor/libpool.so.1, which is another build than the
        traced one; its functions and lines would be wrong (4 addresses).

    """#

  /// With two descriptors left of the first site.
  static let markdown = #"""
    # 1 call site leaks 40 fds; 1 more is suspect (3 fds). 1 wrong use of fds.

    `./server --port 8080 (pid 790)`  
    4 processes, 12 s, from 2026-03-01T12:30:05.250Z, on build7  

    Open fds over time: `▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▅▅▅▅▅▅▅▅▅▅▅▆▆▆▆▆▆▆▆▆▇▇▇▇▇▇▇▇▇▇█████`  
    pid 790 (server), with 0-2: 46 open at the end; at most 46, after 12 s; the limit is 1024.

    | verdict | open | what | rate | fingerprint |
    |---|--:|---|---|---|
    | **leak** | 40 | tcp sockets from socket() in new\_socket at client.c:38 | 3 a second, limit in 5 min 5 s | `cac6d88a5414de0d` |
    | suspect | 3 | files from fopen() in cache::Store::load at cache.cc:203 |  | `08735c128f698365` |

    ## LEAK: 40 tcp sockets from socket() in new\_socket at client.c:38

    to 127.0.0.1:443 CLOSE (2 times)

    - The last thing that happened to 38 of 40 was that connect() failed with ECONNREFUSED in dial at client.c:58.
    - They were opened again and again over 12 s, and 40 stayed open.
    - About 3 a second more stay open, steadily. At that rate the limit is reached in 5 min 5 s.

    **What to change**

    - Call close() when connect() fails with ECONNREFUSED, in dial at client.c:58, as is done for the others in finish at client.c:99.

    ```text
    > new_socket (inlined)  /srv/app/src/client.c:38
      dial  /srv/app/src/client.c:55
      main  /srv/app/src/main.c:12
      __libc_start_call_main  libc.so.6+0x271ca
      _start  server+0x1050
    ```

    <details><summary>Details</summary>

    When

    - First opened 210 ms after the start, last 12 s; 1300 opened, 1260 closed, at most 41 at once.

    Who holds them

    - pid 790 (server): fds 7-8, opened by threads 790, 795.

    Where the others are closed

    - 1260 others by close() in finish at client.c:99, after 300 us to 2.1 s, median about 12 ms.

    | process | fd | kind | name | local | remote | state | opened | thread |
    |---|--:|---|---|---|---|---|--:|--:|
    | pid 790 (server) | 7 | tcp |  | `127.0.0.1:50007` | `127.0.0.1:443` | `CLOSE` | 1.7 s | 795 |
    | pid 790 (server) | 8 | tcp |  | `127.0.0.1:50008` | `127.0.0.1:443` | `CLOSE` | 2 s | 790 |

    Fingerprint: `cac6d88a5414de0d`, site 3 of the trace.

    </details>

    ## SUSPECT: 3 files from fopen() in cache::Store::load at cache.cc:203

    /var/cache/app/50.db, /var/cache/app/51.db, /var/cache/app/9.db

    - Only 3 are open, and nothing tells whether more would come.
    - 1 program started by exec keeps 2 copies of them because close-on-exec was not set.

    **What to change**

    - If what fopen() opens in cache::Store::load at cache.cc:203 is not meant to stay open, call fclose() when done with it.
    - Use the mode letter "e" in fopen() in cache::Store::load at cache.cc:203, so that started programs do not keep it.

    ```text
      std::fopen(char const*, char const*)  server+0x1777
    > cache::Store::load(std::string const&)  /srv/app/src/cache.cc:203
      main  /srv/app/src/main.c:12
      __libc_start_call_main  libc.so.6+0x271ca
      _start  server+0x1050
      (deeper frames were not followed)
    ```

    <details><summary>Details</summary>

    When

    - First opened 1 ms after the start, last 3 ms; 3 opened, 0 closed, at most 3 at once in one process.

    Who holds them

    - pid 790 (server): fds 50-51, opened by thread 790.
    - pid 812 (server): fd 9, opened by thread 790.

    | process | fd | kind | name | local | remote | state | opened | thread |
    |---|--:|---|---|---|---|---|--:|--:|
    | pid 790 (server) | 50 | file | `/var/cache/app/50.db` |  |  |  | 1 ms | 790 |
    | pid 790 (server) | 51 | file | `/var/cache/app/51.db` |  |  |  | 1 ms | 790 |
    | pid 812 (server) | 9 | file | `/var/cache/app/9.db` |  |  |  | 1 ms | 790 |

    Fingerprint: `08735c128f698365`, site 5 of the trace.

    </details>

    ## Kept by started programs

    | holder | fd | what | opened by | why |
    |---|--:|---|---|---|
    | 812 worker, ended | 5 | tcp 0.0.0.0:8080, listening | 790 server, ended, server.c:88 | no SOCK\_CLOEXEC |
    | 812 worker, ended | 50-51 | file /var/cache/app/50.db; 2 descriptors, one open file | 790 server, ended, cache.cc:203 | no mode "e" |

    - pid 812 (worker) held tcp 0.0.0.0:8080, listening, as fd 5 until it ended: opened by pid 790 (server) at server.c:88, which has ended; missing SOCK\_CLOEXEC. Started as "worker -v" by execve() in run\_worker at server.c:120. Use SOCK\_CLOEXEC in socket() in listen\_on at server.c:88, so that started programs do not keep it.
    - pid 812 (worker) held file /var/cache/app/50.db as fds 50-51 until it ended: opened by pid 790 (server) at cache.cc:203, which has ended; missing mode "e". 2 descriptors, one open file: 1 by fopen() at cache.cc:203, 1 by dup2() at client.c:38. Started as "worker -v" by execve() in run\_worker at server.c:120. Use the mode letter "e" in fopen() in cache::Store::load at cache.cc:203, so that started programs do not keep it.

    ## Held, and likely intended

    - 1 file from open() in open\_log at log.c:7. Opened once per process, and nothing tells against it.

    ## Wrong closes and uses

    - pid 790 (server) closes fd 7 again in finish at client.c:99, 3 times; opened in new\_socket at client.c:38; closed before in dial at client.c:58.

    <details><summary>Processes</summary>

    ```text
    790 ./server --port 8080: exit 0, 43 fds open at the end
      812 ./server --port 8080: by fork, went on as another program, 1 fd open at the end
        812 worker -v: by exec, killed by SIGKILL, 4 fds open at the end (2 inherited)
      813 /bin/busybox: spawned, end not seen, not traced
    ```

    </details>

    ## Coverage

    - Not compared with the kernel's own list of open fds, as a process does when it ends by itself: pid 812 (worker).
    - Not traced, being static, setuid, started without the preload (FDTRACK\_FOLLOW=1 hands it on), ended before it could, or not let into the trace (another user, a read-only mount, too little address space, a trace renamed or removed): pid 813 (busybox).
    - No symbols for /opt/vendor/libpool.so.1, which is another build than the traced one; its functions and lines would be wrong (4 addresses).

    ## Environment

    | | |
    |---|---|
    | Program | `/srv/app/server` |
    | Build-id | `c0ffee` |
    | Command line | `./server --port 8080` |
    | Folder | `/srv/app` |
    | Host | `build7` |
    | Kernel | `6.18.0` |
    | C library | `glibc 2.36` |
    | Limit of fds | `1024, hard 4096` |
    | Started | `2026-03-01T12:30:05.250Z` |
    | Duration | `12 s` |
    | Trace | `trace.bin` |

    ## How to reproduce

    ```sh
    cd /srv/app
    fdtrack run -- ./server --port 8080
    fdtrack-report trace.bin
    ```

    Variables of the environment and input are not in a trace.

    """#
}
