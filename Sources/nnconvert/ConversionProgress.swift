import Dispatch
import NNTerminal
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The progress bar of a conversion: it stands at 0 while the source is read and moves with the bytes that are written.
///
/// The libraries underneath do not call back while they write, so a timer looks how much the process has written.
final class ConversionProgress: Sendable {
  private static let steps = 1000
  private let bar: Progress
  // Dispatch sources may be used from any thread, which their Swift face does not say.
  private nonisolated(unsafe) let timer: any DispatchSourceTimer
  private let state = Mutex(State())

  private struct State {
    var expected = 0
    var start = 0
    var shown = 0
  }

  init(_ title: String) {
    bar = Progress(title, total: ConversionProgress.steps)
    timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
    timer.schedule(deadline: .now() + .seconds(1), repeating: .milliseconds(100))
    timer.setEventHandler { [weak self] in self?.update() }
    timer.activate()
  }

  deinit { timer.cancel() }

  /// Tells that so many bytes will be written now.
  func willWrite(_ bytes: Int) {
    let start = ConversionProgress.bytesWritten
    state.withLock {
      $0.expected = bytes
      $0.start = start
    }
  }

  /// Takes the bar away.
  func finish() {
    timer.cancel()
    bar.finish()
  }

  private func update() {
    let written = ConversionProgress.bytesWritten
    let new = state.withLock { state in
      let part = state.expected == 0 ? 0 : Double(written - state.start) / Double(state.expected)
      let step = Int(min(max(part, 0), 1) * Double(ConversionProgress.steps))
      defer { state.shown = max(state.shown, step) }
      return max(0, step - state.shown)
    }
    bar.advance(by: new)
  }

  /// The bytes that the process has given to the system to write: `wchar` of Linux's `/proc/self/io` (proc(5)). Other
  /// systems do not count them, and the bar then stands at 0 until the work is done.
  private static var bytesWritten: Int {
    guard let file = fopen("/proc/self/io", "re") else { return 0 }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = fread(&buffer, 1, buffer.count, file)
    let text = String(decoding: buffer.prefix(count), as: UTF8.self)
    for line in text.split(separator: "\n") where line.hasPrefix("wchar: ") {
      return Int(line.dropFirst(7)) ?? 0
    }
    return 0
  }
}
