import NNFormat

/// The distances between the elements of two tensors, summed up.
struct ElementTally {
  private(set) var maximumULPs: UInt64 = 0
  private(set) var maximumAbsolute = 0.0
  private(set) var maximumRelative = 0.0
  private(set) var unorderedCount = 0
  private(set) var differingCount = 0
  private(set) var failingCount = 0
  private(set) var first: (index: Int, found: String, expected: String, ulps: UInt64?)?

  /// - Precondition: the tensors have one type and shape, and `Element` is their element type.
  init<Element: ComparedElement>(
    _ found: Tensor, _ expected: Tensor, _ tolerance: Tolerance, of type: Element.Type
  ) {
    let size = MemoryLayout<Element>.size
    found.bytes.withUnsafeBytes { left in
      expected.bytes.withUnsafeBytes { right in
        for index in 0..<expected.shape.count {
          // Both have as many elements as the shape; mapped bytes may lie anywhere.
          let a = left.loadUnaligned(fromByteOffset: index * size, as: Element.self)
          let b = right.loadUnaligned(fromByteOffset: index * size, as: Element.self)
          if !a.isSame(as: b) { add(a, b, index, tolerance) }
        }
      }
    }
  }

  /// Counts two elements that differ.
  private mutating func add<Element: ComparedElement>(
    _ a: Element, _ b: Element, _ index: Int, _ tolerance: Tolerance
  ) {
    differingCount += 1
    let passes: Bool
    let ulps = a.ulps(to: b)
    if let ulps {
      let absolute = a.difference(from: b)
      let magnitude = b.magnitudeAsDouble
      maximumULPs = max(maximumULPs, ulps)
      maximumAbsolute = max(maximumAbsolute, absolute)
      let relative = absolute == 0 ? 0 : absolute.isInfinite ? .infinity : absolute / magnitude
      maximumRelative = max(maximumRelative, relative)
      passes =
        tolerance.ulps.map { ulps <= UInt64(clamping: $0) } ?? false
        || tolerance.absolute.map { absolute <= $0 && absolute.isFinite } ?? false
        || tolerance.relative.map { absolute <= $0 * magnitude && absolute.isFinite } ?? false
    } else {
      unorderedCount += 1
      passes = false
    }
    guard !passes else { return }
    failingCount += 1
    if first == nil { first = (index, a.text, b.text, ulps) }
  }
}

/// An element that can be compared with another.
protocol ComparedElement: BitwiseCopyable {
  /// Equal bit for bit, or both NaN.
  func isSame(as other: Self) -> Bool
  /// The representable numbers from one to the other; nil if one is NaN.
  func ulps(to other: Self) -> UInt64?
  /// The absolute difference, rounded once; infinite if one is infinite and the other is not the same.
  func difference(from other: Self) -> Double
  /// The absolute value.
  var magnitudeAsDouble: Double { get }
  /// The shortest text that reads back to the same value.
  var text: String { get }
}

extension FixedWidthInteger where Self: BitwiseCopyable {
  func isSame(as other: Self) -> Bool { self == other }

  func ulps(to other: Self) -> UInt64? {
    // The difference of two integers of at most 64 bits always fits an unsigned one of 64.
    let (low, high) = self < other ? (self, other) : (other, self)
    return UInt64(truncatingIfNeeded: high) &- UInt64(truncatingIfNeeded: low)
  }

  func difference(from other: Self) -> Double { Double(ulps(to: other) ?? 0) }
  var magnitudeAsDouble: Double { Double(magnitude) }
  var text: String { description }
}

extension Int8: ComparedElement {}
extension Int16: ComparedElement {}
extension Int32: ComparedElement {}
extension Int64: ComparedElement {}
extension UInt8: ComparedElement {}
extension UInt16: ComparedElement {}
extension UInt32: ComparedElement {}
extension UInt64: ComparedElement {}
