import TraceModel

/// What is open in a process after it crossed an exec.
struct KeptDescriptor {
  /// Index of its holder's view.
  var view: Int
  var held: Descriptor
  var way: Ancestry.Way
}

/// What processes have open that crossed an exec, for each a row or a part of one; standard
/// streams, what came from outside and copies that ended with their process apart.
struct KeptDescriptors {
  /// More are only counted: a small trace can have thousands of programs share one table.
  private static let limit = 1 << 18

  /// They come first, as they keep ports taken.
  private var listeners: [KeptDescriptor] = []
  private var others: [KeptDescriptor] = []
  /// By `TracedProcess.id`, how many are beyond the limit.
  private(set) var untold: [Int: Int] = [:]
  private(set) var inUse = ListenersInUse()

  var found: some Sequence<KeptDescriptor> { [listeners, others].joined() }

  init(_ views: [ProcessView], _ population: Population, _ lives: Lives) {
    for (index, view) in views.enumerated() where !view.continues {
      add(index, view, population, lives)
    }
    let excess = max(0, listeners.count + others.count - Self.limit)
    for descriptor in others.suffix(excess) {
      untold[views[descriptor.view].process.id, default: 0] += 1
    }
    others.removeLast(excess)
  }

  private mutating func add(
    _ index: Int, _ view: ProcessView, _ population: Population, _ lives: Lives
  ) {
    let mayLive = lives.life(of: view.process.id) != .ended
    // Most processes hold nothing that it is to be asked of.
    var known: Ancestry?
    for list in [view.own, view.inherited] {
      for held in list
      where held.via != .outside && !held.isStandardStream && !held.isCodeMap
        && population.index(of: held.origin) != nil
      {
        let ancestry = known ?? Ancestry(of: view.process.id, among: population)
        known = ancestry
        let way = ancestry.way(from: held.origin, goesOnUntraced: view.goesOnUntraced)
        if let way {
          // What ended was told of by its own program: copies in a child that it forked
          // say nothing new, unless they are still there.
          guard held.via != .fork || mayLive || view.goesOnUntraced else { continue }
          let descriptor = KeptDescriptor(view: index, held: held, way: way)
          if held.isListening, listeners.count < Self.limit {
            listeners.append(descriptor)
          } else if !held.isListening, others.count < Self.limit {
            others.append(descriptor)
          } else {
            untold[view.process.id, default: 0] += 1
          }
        } else if mayLive && held.isListening {
          inUse.insert(held)
        }
      }
    }
  }

  /// Those of one open file in one process together.
  var byOpenFile: [[KeptDescriptor]] {
    struct OpenFile: Hashable {
      var view: Int
      var object: UInt32
      /// Apart where nothing tells that they are one.
      var fd: Int
    }
    var order: [OpenFile] = []
    var files: [OpenFile: [KeptDescriptor]] = [:]
    for descriptor in found {
      let object = descriptor.held.object
      let file = OpenFile(
        view: descriptor.view, object: object, fd: object == 0 ? descriptor.held.fd : -1)
      if files[file] == nil { order.append(file) }
      files[file, default: []].append(descriptor)
    }
    return order.compactMap { files[$0] }
  }
}
