import Synchronization

/// A bar on standard error for work that takes long.
///
/// It appears when standard error is a terminal and the work has lasted a second, is drawn at most ten times a second, and
/// is gone without a trace when the work is over. It may be advanced from any thread.
package final class Progress: Sendable {
  private let title: String
  private let total: Int
  private let unit: String?
  private let width: Int?
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  private struct State {
    var done = 0
    var lastDrawn: ContinuousClock.Instant?
    var isOver = false
  }

  /// Progress of work in `total` steps, such as bytes.
  ///
  /// - Parameter unit: what a step is, in the plural, if people should see how many are done, how many a second, and the time that is
  ///   left; nil for the bar alone.
  package init(_ title: String, total: Int, unit: String? = nil) {
    self.unit = unit
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
      let counts = unit.map { unit in
        Progress.counts(done: state.done, total: total, unit: unit, elapsed: start.duration(to: now) / .seconds(1))
      }
      return Progress.line(title, done: Double(state.done) / Double(total), counts: counts, width: width)
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

  /// The title, a bar, the percentage and the counts, in fewer columns than the terminal has, so that it never wraps.
  static func line(_ title: String, done: Double, counts: String? = nil, width: Int) -> String {
    let percentage = "\(Int((done * 100).rounded(.down)))%"
    let tail = counts.map { "  \($0)" } ?? ""
    // The counts tell more than the bar, and give way last but for the percentage.
    guard displayWidth(tail) < width - 16 else {
      return tail.isEmpty ? bar(title, done, percentage, width) : line(title, done: done, width: width)
    }
    return bar(title, done, percentage, width - displayWidth(tail)) + tail
  }

  private static func bar(_ title: String, _ done: Double, _ percentage: String, _ width: Int) -> String {
    let name = shortened(title, to: max(0, width - 8))
    let room = min(40, width - 1 - displayWidth(name) - 8)
    guard room >= 8 else { return "\(name) \(percentage)" }
    let filled = Int((done * Double(room)).rounded(.down))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled)
    return "\(name)  \(bar) \(String(repeating: " ", count: 4 - percentage.count))\(percentage)"
  }

  /// How many steps are done, how many a second on the average, and how long the others will take at that: `1,200 of 5,000 rows,
  /// 400/s, 9 s left`.
  package static func counts(done: Int, total: Int, unit: String, elapsed: Double) -> String {
    let text = "\(grouped(done)) of \(grouped(total)) \(unit)"
    guard done > 0, elapsed > 0 else { return text }
    let rate = Double(done) / elapsed
    let left = Int((Double(total - done) / rate).rounded(.up))
    let time =
      left < 60
      ? "\(left) s" : left < 3600 ? "\(left / 60) min \(left % 60) s" : "\(left / 3600) h \(left % 3600 / 60) min"
    return "\(text), \(rate < 10 ? String((rate * 10).rounded() / 10) : grouped(Int(rate)))/s, \(time) left"
  }
}
