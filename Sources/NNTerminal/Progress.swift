import Synchronization

/// A bar on standard error for work that takes long.
///
/// It appears when standard error is a terminal and the work has lasted a second, is drawn at most ten times a second, and
/// is gone without a trace when the work is over. It may be advanced from any thread.
package final class Progress: Sendable {
  private let title: String
  private let total: Int
  private let width: Int?
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  private struct State {
    var done = 0
    var lastDrawn: ContinuousClock.Instant?
    var isOver = false
  }

  /// Progress of work in `total` steps, such as bytes.
  package init(_ title: String, total: Int) {
    self.title = printable(title)
    self.total = max(total, 1)
    width = StandardError.terminalWidth
  }

  deinit { finish() }

  /// Tells that `count` steps more are done.
  package func advance(by count: Int) {
    guard let width else { return }
    let now = ContinuousClock.now
    let line = state.withLock { state -> String? in
      state.done += min(count, total - state.done)
      let due = state.lastDrawn.map { $0.advanced(by: .milliseconds(100)) } ?? start.advanced(by: .seconds(1))
      guard !state.isOver, now >= due else { return nil }
      state.lastDrawn = now
      return Progress.line(title, done: Double(state.done) / Double(total), width: width)
    }
    if let line { StandardError.draw("\r\(line)\u{1B}[K") }
  }

  /// Takes the bar away; further steps draw nothing.
  package func finish() {
    let wasDrawn = state.withLock { state in
      defer { state.isOver = true }
      return state.lastDrawn != nil && !state.isOver
    }
    if wasDrawn { StandardError.draw("\r\u{1B}[K") }
  }

  /// The title, a bar and the percentage, in fewer columns than the terminal has, so that it never wraps.
  static func line(_ title: String, done: Double, width: Int) -> String {
    let percentage = "\(Int((done * 100).rounded(.down)))%"
    let name = shortened(title, to: max(0, width - 8))
    let room = min(40, width - 1 - displayWidth(name) - 8)
    guard room >= 8 else { return "\(name) \(percentage)" }
    let filled = Int((done * Double(room)).rounded(.down))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled)
    return "\(name)  \(bar) \(String(repeating: " ", count: 4 - percentage.count))\(percentage)"
  }
}
