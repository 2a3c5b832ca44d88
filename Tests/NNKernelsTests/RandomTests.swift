import NNKernels
import Testing

/// Random numbers are NumPy's (Fixtures/kernels/random.bin, made by Fixtures/generate/kernels_random.py).
@Suite struct RandomTests {
  @Test func everyStreamHasTheBitsOfNumPy() throws {
    var fixture = try Fixture("random")
    while fixture.remaining(UInt8.self) > 0 {
      let key: [UInt64] = try fixture.take(2)
      let start = RandomStream(seed: key[0], index: key[1])
      var stream = start
      #expect(try fixture.take(16) == (0..<16).map { _ in stream.bits() })
      stream = start
      #expect(try fixture.take(16) == (0..<16).map { _ in stream.uniform() })
      stream = start
      #expect(try fixture.take(17) == (0..<17).map { _ in stream.uniformSingle() })
      try checkNormals(start, Double.self, &fixture)
      try checkNormals(start, Float.self, &fixture)
    }
  }

  /// Of a million draws, those that the fixture keeps.
  private func checkNormals<T: Number>(_ start: RandomStream, _: T.Type, _ fixture: inout Fixture) throws {
    let count: [UInt32] = try fixture.take(1)
    let places: [UInt32] = try fixture.take(Int(count[0]))
    let expected: [T] = try fixture.take(Int(count[0]))
    let draws: [T] = normals(start, 1_000_000)
    let found = places.map { draws[Int($0)] }
    #expect(found.contains { $0.magnitude > 4 })
    #expect(NormalComparison(found, expected).passes, "\(T.self)")
  }

  @Test func halvesAndWordsMayMix() {
    // np.random.Generator's next_uint32 keeps the high half while doubles are drawn.
    var stream = RandomStream(seed: 5, index: 0)
    let words = (0..<2).map { _ in stream.bits() }
    stream = RandomStream(seed: 5, index: 0)
    #expect(stream.halfBits() == UInt32(truncatingIfNeeded: words[0]))
    #expect(stream.bits() == words[1])
    #expect(stream.halfBits() == UInt32(truncatingIfNeeded: words[0] >> 32))
  }
}

/// The first draws of a stream.
func normals<T: Number>(_ start: RandomStream, _ count: Int) -> [T] {
  var stream = start
  return [T](unsafeUninitializedCapacity: count) { buffer, initialized in
    if let base = buffer.baseAddress { stream.fillNormal(T.type, base, count: count) }
    initialized = count
  }
}

/// How draws differ from NumPy's: not at all within the last strip; beyond it NumPy's come from the C library's log1p, and single
/// ones may be the next number.
struct NormalComparison {
  private(set) var firstWrong: Int?
  private(set) var beyond = 0
  private(set) var neighbours = 0

  init<T: Number>(_ found: [T], _ expected: [T]) {
    if found.count != expected.count { firstWrong = min(found.count, expected.count) }
    for (index, (x, y)) in zip(found, expected).enumerated() {
      if y.magnitude >= 3.6541528853610088 { beyond += 1 }
      guard x.bits != y.bits else { continue }
      if y.magnitude >= 3.6541528853610088, x.nextUp == y || x.nextDown == y {
        neighbours += 1
      } else if firstWrong == nil {
        firstWrong = index
      }
    }
  }

  /// At most one in eight of those beyond is a neighbour.
  var passes: Bool { firstWrong == nil && neighbours * 8 <= beyond }
}
