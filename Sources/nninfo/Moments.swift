/// Count, extremes, mean and spread of the finite numbers among some, and how many of the others there are.
///
/// Blocks are summed on their own and joined by the pairwise update of Chan, Golub and LeVeque (1979), "Updating formulae
/// and a pairwise algorithm for computing sample variances", so that neither a large mean nor many elements cost digits.
struct Moments {
  var finite = 0
  var minimum = Double.infinity
  var maximum = -Double.infinity
  var zeros = 0
  var notNumbers = 0
  var infinities = 0
  /// A power of two by which the elements were multiplied for the next three, so that squares stay in the range of doubles.
  private var scale = 1.0
  private var scaledMean = 0.0
  /// What rounding takes from the mean: blocks far from zero and near each other keep their distance.
  private var meanRest = 0.0
  /// The sum of the squared distances from the mean.
  private var scaledSquares = 0.0

  /// The mean of the finite elements.
  var mean: Double { scaledMean / scale }

  /// The standard deviation over the finite elements (divided by their count, as NumPy's `std`).
  var standardDeviation: Double { finite == 0 ? 0 : (scaledSquares / Double(finite)).squareRoot() / scale }

  /// The scale at which mean and spread should be computed once more; nil if the present one serves.
  var betterScale: Double? {
    let magnitude = max(abs(minimum), abs(maximum))
    guard finite > 0, magnitude > 0, magnitude > 0x1p450 || magnitude < 0x1p-400 else { return nil }
    return Double(sign: .plus, exponent: max(-1000, min(1000, -Int(magnitude.exponent))), significand: 1)
  }

  /// Adds the elements that `other` counts, which come after those counted so far.
  mutating func join(_ other: Moments) {
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    zeros += other.zeros
    notNumbers += other.notNumbers
    infinities += other.infinities
    guard other.finite > 0 else { return }
    guard finite > 0 else {
      (finite, scale) = (other.finite, other.scale)
      (scaledMean, meanRest, scaledSquares) = (other.scaledMean, other.meanRest, other.scaledSquares)
      return
    }
    let count = Double(finite + other.finite)
    let distance = (other.scaledMean - scaledMean) + (other.meanRest - meanRest)
    scaledSquares +=
      other.scaledSquares + distance * distance * (Double(finite) * Double(other.finite) / count)
    meanRest += distance * (Double(other.finite) / count)
    finite += other.finite
    // Knuth's exact sum of two numbers: the mean takes what it can hold of the rest.
    let sum = scaledMean + meanRest
    let part = sum - scaledMean
    meanRest = (scaledMean - (sum - part)) + (meanRest - part)
    scaledMean = sum
  }

  /// Counts one block of at most ``blockSize`` elements.
  ///
  /// - Parameters:
  ///   - count: how many there are.
  ///   - scale: a power of two by which the elements are multiplied for mean and spread.
  ///   - buffer: room for a block.
  ///   - element: the elements as doubles.
  init(count: Int, scale: Double, _ buffer: UnsafeMutableBufferPointer<Double>, _ element: (Int) -> Double) {
    self.scale = scale
    for index in 0..<count {
      let value = element(index)
      // Each value is stored; the place moves on only past finite ones.
      buffer[finite] = value
      finite += value.isFinite ? 1 : 0
      zeros += value == 0 ? 1 : 0
    }
    if finite < count {
      for index in 0..<count {
        let value = element(index)
        notNumbers += value.isNaN ? 1 : 0
        infinities += value.isInfinite ? 1 : 0
      }
    }
    guard finite > 0 else { return }
    let values = UnsafeMutableBufferPointer(rebasing: buffer[..<finite])
    var least = SIMD8<Double>(repeating: .infinity)
    var largest = -least
    Moments.each(values, else: values[0]) { lanes in
      least.replace(with: lanes, where: lanes .< least)
      largest.replace(with: lanes, where: lanes .> largest)
    }
    (minimum, maximum) = (least.min(), largest.max())
    var sum = SIMD8<Double>.zero
    Moments.each(values, else: 0) { sum += $0 * scale }
    scaledMean = sum.sum() / Double(finite)
    // The second sum would be zero but for rounding; taking it off corrects the first (the corrected two-pass algorithm).
    var rest = SIMD8<Double>.zero
    var distances = SIMD8<Double>.zero
    let center = scaledMean
    Moments.each(values, else: center / scale) { lanes in
      let distance = lanes * scale - center
      rest += distance
      distances += distance * distance
    }
    let correction = rest.sum()
    meanRest = correction / Double(finite)
    scaledSquares = max(0, distances.sum() - correction * correction / Double(finite))
  }

  /// No elements.
  init() {}

  /// How many elements a block has: as many doubles as half of a first-level cache holds.
  static let blockSize = 2048

  @inline(__always)
  private static func each(
    _ values: UnsafeMutableBufferPointer<Double>, else filling: Double, _ body: (SIMD8<Double>) -> Void
  ) {
    let bytes = UnsafeRawBufferPointer(values)
    var index = 0
    while index + 8 <= values.count {
      body(
        bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Double>.size, as: SIMD8<Double>.self))
      index += 8
    }
    guard index < values.count else { return }
    var lanes = SIMD8<Double>(repeating: filling)
    for lane in 0..<values.count - index { lanes[lane] = values[index + lane] }
    body(lanes)
  }
}
