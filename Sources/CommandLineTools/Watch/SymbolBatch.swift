import Glibc
import Symbolication
import Synchronization

/// One look-up of symbols on a thread of its own, so that a screen goes on answering while a
/// large program is read.
final class SymbolBatch: Sendable {
  private let requests: [Symbolizer.Request]
  private let symbolizer: Symbolizer
  private let wakes: Int32
  private let result = Mutex<[ModuleSymbols]?>(nil)

  /// - Parameter wakes: a pipe's end that gets a byte when the results are there.
  init(_ requests: [Symbolizer.Request], _ symbolizer: Symbolizer, wakes: Int32) {
    (self.requests, self.symbolizer) = (requests, symbolizer)
    self.wakes = wakes
  }

  /// One result for each request, in their order; nil while they are looked up.
  var results: [ModuleSymbols]? { result.withLock { $0 } }

  /// Starts the thread, or does its work here where there can be no thread.
  func start() {
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    let error = pthread_create(
      &thread, &attributes,
      { context in
        if let context { Unmanaged<SymbolBatch>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    if error != 0 {
      Unmanaged.passUnretained(self).release()
      run()
    }
  }

  func run() {
    let symbols = symbolizer.symbolize(requests)
    result.withLock { $0 = symbols }
    guard wakes >= 0 else { return }
    var byte: UInt8 = 0
    _ = write(wakes, &byte, 1)
  }
}
