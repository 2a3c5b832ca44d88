import NNFormat
import NNKernels

/// One resizing of a value, an axis after another from the last to the first.
struct Resizing {
  private let layer: Resize
  private let from: Shape
  private let to: Shape

  init(_ layer: Resize, _ from: Shape, _ to: Shape) {
    self.layer = layer
    self.from = from
    self.to = to
  }

  /// The axis with that number, if it is resized.
  private func axis(_ axis: Int) -> ResizeAxis? {
    entry(of: axis).map { ResizeAxis(layer, entry: $0, extent: from[axis], size: to[axis]) }
  }

  private func entry(of axis: Int) -> Int? {
    layer.axes.firstIndex { $0.number(rank: from.rank) == axis }
  }

  /// The bytes for the taps of one axis and for two values on the way, each as large as any of them.
  ///
  /// - Throws: ``ModelProblem/shapeOverflow(_:)`` if a value on the way, or all together, cannot be counted.
  func scratchSize(_ type: DataType) throws(ModelError) -> Int {
    guard let count = mostTaps else { throw ModelError(ModelProblem.shapeOverflow(to.dimensions)) }
    let (taps, tapsOverflow) = count.multipliedReportingOverflow(by: MemoryLayout<ResizeAxis.Tap>.stride)
    let largest = try largestStep()
    let (values, overflow) = largest.multipliedReportingOverflow(by: 2 * type.byteSize)
    let (total, sumOverflow) = taps.addingReportingOverflow(values)
    guard !tapsOverflow, !overflow, !sumOverflow else {
      throw ModelError(ModelProblem.shapeOverflow(to.dimensions))
    }
    return total
  }

  /// The taps of the axis that has the most; nil if they cannot be counted.
  private var mostTaps: Int? {
    var most = 1
    for number in 0..<from.rank {
      guard let axis = axis(number) else { continue }
      guard let taps = axis.tapCount else { return nil }
      let (count, overflow) = taps.multipliedReportingOverflow(by: to[number])
      guard !overflow else { return nil }
      most = max(most, count)
    }
    return most
  }

  private func largestStep() throws(ModelError) -> Int {
    var shape = from.dimensions
    var largest = 0
    for axis in (0..<from.rank).reversed() {
      shape[axis] = to[axis]
      largest = max(largest, try Shape(shape).count)
    }
    return largest
  }

  /// Writes the weighted sums, or with `nearest` the elements, to `target`.
  func run<Scalar: BinaryFloatingPoint & BitwiseCopyable>(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ values: borrowing LayerValues, as type: Scalar.Type
  ) {
    guard layer.mode != .nearest else { return copy(source, target, values, as: type) }
    passes(source, target, values.scratch, as: type) { pass in
      values.crew.divide(WeightedPass(pass: pass), count: pass.places, cost: pass.cost)
    }
  }

  /// Writes the nearest elements, of any type of that size, to `target`.
  func copy<Element: BitwiseCopyable>(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ values: borrowing LayerValues,
    as type: Element.Type
  ) {
    passes(source, target, values.scratch, as: type) { pass in
      values.crew.divide(NearestPass(pass: pass), count: pass.places, cost: pass.cost)
    }
  }

  /// Goes through the axes.
  @inline(__always)
  private func passes<Element: BitwiseCopyable>(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer,
    as type: Element.Type, _ body: (ResizePass<Element>) -> Void
  ) {
    let taps = scratch.assumingMemoryBound(to: ResizeAxis.Tap.self)
    let buffers = taps + (mostTaps ?? 0)
    let first = UnsafeMutableRawPointer(buffers).assumingMemoryBound(to: type)
    var largest = 0
    for axis in 0..<from.rank { largest = max(largest, from.count(of: 0..<axis) * to.count(of: axis..<to.rank)) }
    let second = first + largest

    var x = source.assumingMemoryBound(to: type)
    var rest = layer.axes.count
    guard rest > 0 else { return target.copyMemory(from: source, byteCount: from.count * MemoryLayout<Element>.stride) }
    for axis in (0..<from.rank).reversed() {
      guard let resized = self.axis(axis), let tapCount = resized.tapCount else { continue }
      rest -= 1
      let y = rest == 0 ? target.assumingMemoryBound(to: type) : rest.isMultiple(of: 2) ? first : second
      let (outer, inner) = (from.count(of: 0..<axis), to.count(of: axis + 1..<to.rank))
      resized.fill(taps)
      body(
        ResizePass(
          x: x, y: y, taps: taps, tapCount: tapCount, outer: outer, from: from[axis], to: to[axis], inner: inner))
      x = UnsafePointer(y)
    }
  }
}

/// The results along one axis: a run of the inner extents for each place on it, in each position on the axes before.
private struct ResizePass<Element: BitwiseCopyable> {
  let x: UnsafePointer<Element>
  let y: UnsafeMutablePointer<Element>
  let taps: UnsafePointer<ResizeAxis.Tap>
  let tapCount: Int
  let outer: Int
  let from: Int
  let to: Int
  let inner: Int

  var places: Int { outer * to }
  var cost: Int { (outer * to * inner).multipliedClamped(by: max(tapCount, MemoryLayout<Element>.size)) }

  /// Calls `body` with the source's row, the result and the weights of some places.
  @inline(__always)
  func forEach(
    _ places: Range<Int>,
    _ body: (UnsafePointer<Element>, UnsafeMutablePointer<Element>, UnsafeBufferPointer<ResizeAxis.Tap>) -> Void
  ) {
    guard !places.isEmpty else { return }
    var (row, place) = places.lowerBound.quotientAndRemainder(dividingBy: to)
    for number in places {
      body(
        x + row * from * inner, y + number * inner,
        UnsafeBufferPointer(start: taps + place * tapCount, count: tapCount))
      place += 1
      if place == to { (row, place) = (row + 1, 0) }
    }
  }
}

/// Places that are sums of elements with weights.
private struct WeightedPass<Scalar: BinaryFloatingPoint & BitwiseCopyable>: DividedWork {
  let pass: ResizePass<Scalar>

  func run(_ places: Range<Int>, part: Int) {
    let inner = pass.inner
    pass.forEach(places) { row, y, taps in
      var isFirst = true
      for tap in taps where Scalar(tap.weight) != 0 {
        let weight = Scalar(tap.weight)
        let x = row + tap.index * inner
        if isFirst {
          for index in 0..<inner { y[index] = weight * x[index] }
        } else {
          for index in 0..<inner {
            let part = weight * x[index]
            y[index] += part
          }
        }
        isFirst = false
      }
      if isFirst { y.update(repeating: 0, count: inner) }
    }
  }
}

/// Places that are the nearest elements.
private struct NearestPass<Element: BitwiseCopyable>: DividedWork {
  let pass: ResizePass<Element>

  func run(_ places: Range<Int>, part: Int) {
    pass.forEach(places) { row, y, taps in
      y.update(from: row + taps[0].index * pass.inner, count: pass.inner)
    }
  }
}
