import Testing

@Suite("fdtrack pid, held against lsof and ss")
struct PidComparisonTests {
  /// lsof's words for what is no file, and the kind that it is.
  private static let kinds = [
    "REG": ["file", "memfd"], "DIR": ["dir"], "FIFO": ["pipe"], "CHR": ["file"],
    "unix": ["unix"], "IPv4": ["tcp", "udp"], "IPv6": ["tcp", "udp"], "sock": ["tcp"],
    "a_inode": ["eventfd", "timerfd", "epoll", "inotify", "signalfd", "pidfd"],
  ]

  @Test("Both see the same numbers, kinds, inodes, access and names as lsof does")
  func lsof() throws {
    try withScratch { folder in
      let held = try Holdings(folder)
      let own = try inspect(held.pid)
      let other = try OtherTools.lsof(held.pid)
      #expect(own.fds?.map(\.fd) == other.keys.sorted())
      #expect(own.count == other.count)
      let hostile = try held.number("hostile")
      for (fd, file) in other {
        let descriptor = try own.descriptor(fd)
        let kinds = try #require(Self.kinds[file.type], "\(file.type)")
        #expect(kinds.contains(descriptor.kind), "fd \(fd): \(file.type)")
        if let inode = file.inode { #expect(descriptor.inode == inode, "fd \(fd)") }
        let access = ["r": "read", "w": "write", "u": "read_write"]
        #expect(descriptor.access == access[file.access], "fd \(fd)")
        if file.type == "REG" {
          #expect(descriptor.deleted == (file.links == 0 && descriptor.kind == "file"), "fd \(fd)")
        }
        if ["REG", "DIR", "CHR"].contains(file.type), fd != hostile, fd > 2 {
          let mark = file.links == 0 ? " (deleted)" : ""
          #expect((descriptor.name ?? "") + mark == file.name)
        }
        if descriptor.kind == "tcp" {
          #expect(descriptor.state == file.state, "fd \(fd)")
          if let socket = descriptor.socket, let local = socket.local {
            #expect(local + (socket.remote.map { "->\($0)" } ?? "") == file.name)
          }
        }
      }
      #expect(try own.descriptor(hostile).name == folder + "/a name\n\u{1b}[31m")
    }
  }

  @Test("tcp sockets have the state, queues and ends that ss tells")
  func tcp() throws {
    try withScratch { folder in
      let held = try Holdings(folder)
      let own = try inspect(held.pid)
      let other = try OtherTools.ss(held.pid, "t")
      #expect(other.count >= 6)
      let states = ["LISTEN": "LISTEN", "ESTAB": "ESTABLISHED", "CLOSE-WAIT": "CLOSE_WAIT"]
      for (fd, socket) in other {
        let mine = try #require(try own.descriptor(fd).socket)
        #expect(mine.tcpState == states[socket.state])
        #expect(mine.local == socket.local)
        #expect(mine.backlogWaiting ?? mine.receiveQueue == socket.receiveQueue)
        #expect(mine.backlogLimit ?? mine.sendQueue == socket.sendQueue)
        if let remote = mine.remote { #expect(remote == socket.rest[0]) }
      }
      let listener = try own.descriptor(held.number("listener")).socket
      #expect(listener?.backlogWaiting == held.numbers["waiting"]?.count)
      #expect(listener?.backlogLimit == 7)
      // In no table of the kernel: ss does not know it at all.
      let unbound = try own.descriptor(held.number("unbound"))
      #expect(other[unbound.fd] == nil)
      #expect(unbound.kind == "tcp")
      #expect(unbound.socket?.local == nil)
    }
  }

  @Test("unix sockets have the name, inode and peer that ss tells")
  func unix() throws {
    try withScratch { folder in
      let held = try Holdings(folder)
      let own = try inspect(held.pid)
      let other = try OtherTools.ss(held.pid, "x")
      #expect(other.count == 8)
      for (fd, socket) in other {
        let descriptor = try own.descriptor(fd)
        #expect(descriptor.kind == "unix")
        #expect(descriptor.socket?.local ?? "*" == socket.local)
        #expect(descriptor.inode.map(String.init) == socket.rest[0])
        #expect(descriptor.socket?.peerInode ?? 0 == UInt64(socket.rest[2]))
        if socket.state == "LISTEN" {
          #expect(descriptor.socket?.backlogLimit == socket.sendQueue)
        }
      }
    }
  }
}
