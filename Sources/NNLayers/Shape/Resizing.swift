import NNFormat

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

  private var tapCount: Int {
    switch layer.mode {
    case .nearest: 1
    case .linear: 2
    case .cubic: 4
    }
  }

  private func entry(of axis: Int) -> Int? {
    layer.axes.firstIndex { $0.number(rank: from.rank) == axis }
  }

  /// The bytes for the taps of one axis and for two values on the way, each as large as any of them.
  ///
  /// - Throws: ``ModelProblem/shapeOverflow(_:)`` if a value on the way, or all together, cannot be counted.
  func scratchSize(_ type: DataType) throws(ModelError) -> Int {
    let extent = to.dimensions.max() ?? 1
    let (taps, tapsOverflow) = extent.multipliedReportingOverflow(by: tapCount * MemoryLayout<Tap>.stride)
    let largest = try largestStep()
    let (values, overflow) = largest.multipliedReportingOverflow(by: 2 * type.byteSize)
    let (total, sumOverflow) = taps.addingReportingOverflow(values)
    guard !tapsOverflow, !overflow, !sumOverflow else {
      throw ModelError(ModelProblem.shapeOverflow(to.dimensions))
    }
    return total
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

  /// An element of the input that counts for one of the output.
  private struct Tap {
    var index: Int
    var weight: Double
  }

  /// Resizes with weights.
  func run<Scalar: BinaryFloatingPoint & BitwiseCopyable>(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer,
    as type: Scalar.Type
  ) {
    guard layer.mode != .nearest else { return copy(source, target, scratch, as: type) }
    passes(source, target, scratch, as: type) { row, y, inner, taps in
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

  /// Resizes by copying the nearest elements.
  func copy<Element: BitwiseCopyable>(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer,
    as type: Element.Type
  ) {
    passes(source, target, scratch, as: type) { row, y, inner, taps in
      y.update(from: row + taps[0].index * inner, count: inner)
    }
  }

  /// Goes through the axes, and through the places of the results along each; `body` computes a run of the inner
  /// extents.
  @inline(__always)
  private func passes<Element: BitwiseCopyable>(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer,
    as type: Element.Type,
    _ body: (UnsafePointer<Element>, UnsafeMutablePointer<Element>, Int, UnsafeBufferPointer<Tap>) -> Void
  ) {
    let extent = to.dimensions.max() ?? 1
    let taps = scratch.assumingMemoryBound(to: Tap.self)
    let buffers = (taps + extent * tapCount)
    let first = UnsafeMutableRawPointer(buffers).assumingMemoryBound(to: type)
    var largest = 0
    for axis in 0..<from.rank { largest = max(largest, from.count(of: 0..<axis) * to.count(of: axis..<to.rank)) }
    let second = first + largest

    var x = source.assumingMemoryBound(to: type)
    var rest = layer.axes.count
    guard rest > 0 else { return target.copyMemory(from: source, byteCount: from.count * MemoryLayout<Element>.stride) }
    for axis in (0..<from.rank).reversed() {
      guard let entry = entry(of: axis) else { continue }
      rest -= 1
      let y = rest == 0 ? target.assumingMemoryBound(to: type) : rest.isMultiple(of: 2) ? first : second
      let (outer, inner) = (from.count(of: 0..<axis), to.count(of: axis + 1..<to.rank))
      fill(taps, entry, from[axis], to[axis])
      for row in 0..<outer {
        for place in 0..<to[axis] {
          body(
            x + row * from[axis] * inner, y + (row * to[axis] + place) * inner, inner,
            UnsafeBufferPointer(start: taps + place * tapCount, count: tapCount))
        }
      }
      x = UnsafePointer(y)
    }
  }

  private func fill(_ taps: UnsafeMutablePointer<Tap>, _ entry: Int, _ extent: Int, _ size: Int) {
    let isFree = layer.scales.isEmpty
    let scale = isFree ? Double(size) / Double(extent) : layer.scales[entry].value
    let width = isFree ? Double(size) : scale * Double(extent)
    for index in 0..<size {
      let place = coordinate(Double(index), scale, width, Double(extent), Double(size))
      let taps = taps + index * tapCount
      guard layer.mode != .nearest else {
        taps[0] = Tap(index: min(max(nearest(place), 0), extent - 1), weight: 1)
        continue
      }
      let floor = place.rounded(.down)
      let first = Int(floor) - (tapCount / 2 - 1)
      weigh(taps, place - floor)
      var sum = 0.0
      for number in 0..<tapCount {
        let isOutside = first + number < 0 || first + number >= extent
        if layer.excludeOutside, isOutside { taps[number].weight = 0 }
        taps[number].index = min(max(first + number, 0), extent - 1)
        sum += taps[number].weight
      }
      if layer.excludeOutside, sum != 0 {
        for number in 0..<tapCount { taps[number].weight /= sum }
      }
    }
  }

  private func coordinate(
    _ index: Double, _ scale: Double, _ width: Double, _ extent: Double, _ size: Double
  ) -> Double {
    let half = (index + 0.5) / scale - 0.5
    switch layer.coordinates {
    case .halfPixel: return half
    case .pytorchHalfPixel: return width == 1 ? 0 : half
    case .halfPixelSymmetric: return extent / 2 * (1 - size / width) + (index + 0.5) / scale - 0.5
    case .alignCorners: return width == 1 ? 0 : index * (extent - 1) / (width - 1)
    case .asymmetric: return index / scale
    }
  }

  private func nearest(_ place: Double) -> Int {
    switch layer.nearestMode {
    case .roundPreferFloor: Int((place - 0.5).rounded(.up))
    case .roundPreferCeil: Int((place + 0.5).rounded(.down))
    case .floor: Int(place.rounded(.down))
    case .ceil: Int(place.rounded(.up))
    }
  }

  private func weigh(_ taps: UnsafeMutablePointer<Tap>, _ r: Double) {
    guard layer.mode == .cubic else {
      taps[0].weight = 1 - r
      taps[1].weight = r
      return
    }
    let a = layer.cubicCoefficient.value
    let s = 1 - r
    taps[0].weight = ((a * (r + 1) - 5 * a) * (r + 1) + 8 * a) * (r + 1) - 4 * a
    taps[1].weight = ((a + 2) * r - (a + 3)) * r * r + 1
    taps[2].weight = ((a + 2) * s - (a + 3)) * s * s + 1
    taps[3].weight = ((a * (s + 1) - 5 * a) * (s + 1) + 8 * a) * (s + 1) - 4 * a
  }
}
