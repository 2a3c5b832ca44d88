/// How long calls took, in seconds.
struct Times {
  private let samples: [Double]

  /// Calls again and again for as long as told: one call to warm up, then at least one sample of at least 20 us.
  init(measuring seconds: Double, _ call: () throws -> Void) throws {
    let clock = ContinuousClock()
    try call()
    let once = try clock.measure { try call() }.seconds
    let calls = max(1, Int(20e-6 / max(once, 1e-9)))
    var samples = calls == 1 ? [once] : []
    let end = clock.now + .seconds(seconds - once)
    while clock.now < end || samples.isEmpty {
      let time = try clock.measure { for _ in 0..<calls { try call() } }
      samples.append(time.seconds / Double(calls))
    }
    self.samples = samples.sorted()
  }

  /// Median and tenths, as JSON.
  var json: String {
    "{\"median\": \(quantile(0.5)), \"p10\": \(quantile(0.1)), \"p90\": \(quantile(0.9)), \"samples\": \(samples.count)}"
  }

  /// The sample below which a part of all lie, between two neighbours in proportion.
  private func quantile(_ part: Double) -> Double {
    let place = part * Double(samples.count - 1)
    let lower = Int(place)
    let upper = min(lower + 1, samples.count - 1)
    return samples[lower] + (samples[upper] - samples[lower]) * (place - Double(lower))
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
