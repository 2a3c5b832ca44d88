package import NNFormat

/// Some of a value's axes, without memory of its own.
package struct AxisSet {
  private var bits: UInt64 = 0

  /// The axes that a list names.
  ///
  /// - Precondition: `[Axis].resolved(rank:)` succeeded for the rank.
  package init(_ axes: [Axis], rank: Int) {
    for axis in axes { bits |= 1 << UInt64(axis.index < 0 ? axis.index + rank : axis.index) }
  }

  private init(bits: UInt64) { self.bits = bits }

  /// Whether an axis, counted from the outermost, is among them.
  @inline(__always)
  package func contains(_ axis: Int) -> Bool { bits & (1 << UInt64(axis)) != 0 }

  /// The axes of a value of the given rank that are not among them.
  package func complement(rank: Int) -> AxisSet { AxisSet(bits: ~bits & ((1 << UInt64(rank)) - 1)) }

  /// Whether they are the innermost axes, so that the elements along them lie one behind the other.
  package func areInnermost(rank: Int) -> Bool {
    (bits.trailingZeroBitCount..<max(rank, bits.trailingZeroBitCount)).allSatisfy { contains($0) }
  }

  /// The product of their extents.
  package func count(in shape: Shape) -> Int {
    var count = 1
    for axis in 0..<shape.rank where contains(axis) { count *= shape[axis] }
    return count
  }

  /// The place of the element with the given number along these axes, in row-major order, the others being at 0.
  package func place(of number: Int, in shape: Shape) -> Int {
    var (rest, place, stride) = (number, 0, 1)
    for axis in (0..<shape.rank).reversed() {
      if contains(axis) {
        place += rest % shape[axis] * stride
        rest /= shape[axis]
      }
      stride *= shape[axis]
    }
    return place
  }

  /// Calls `body` with the places of the elements along these axes, the others being at 0: in row-major order, and as many at
  /// once as lie one behind the other.
  package func forEachRun(
    in shape: Shape, from start: Int = 0, _ body: (_ offset: Int, _ count: Int) -> Void
  ) {
    walk(shape, 0, start, body)
  }

  private func walk(_ shape: Shape, _ axis: Int, _ start: Int, _ body: (Int, Int) -> Void) {
    if (axis..<shape.rank).allSatisfy({ contains($0) }) {
      return body(start, shape.count(of: axis..<shape.rank))
    }
    guard contains(axis) else { return walk(shape, axis + 1, start, body) }
    let stride = shape.count(of: axis + 1..<shape.rank)
    for index in 0..<shape[axis] { walk(shape, axis + 1, start + index * stride, body) }
  }
}

extension TensorType {
  /// The extents along some axes, which must be fixed.
  ///
  /// - Throws: ``LayerProblem/badInput(index:expected:found:)`` if one is open.
  package func fixedExtents(along axes: [Int], index: Int) throws(ModelError) -> [Int] {
    var extents: [Int] = []
    for axis in axes {
      guard let extent = shape[axis].value else {
        throw ModelError(
          LayerProblem.badInput(index: index, expected: "of a fixed extent along axis \(axis)", found: self))
      }
      extents.append(extent)
    }
    return extents
  }
}
