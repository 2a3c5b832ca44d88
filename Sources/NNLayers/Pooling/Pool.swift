import NNFormat

/// What a pooling layer makes of the elements that a window sees.
protocol PoolingRule {
  /// What one element alone gives.
  func first<T: BinaryFloatingPoint>(_ x: T) -> T
  /// What one element more gives.
  func next<T: BinaryFloatingPoint>(_ result: T, _ x: T) -> T
  /// What a window without elements gives.
  func empty<T: BinaryFloatingPoint>(_ type: T.Type) -> T
  /// The last step, for a window of so many positions.
  func last<T: BinaryFloatingPoint>(_ result: T, count: Int) -> T
}

/// The greatest element; a NaN, if there is one.
struct Greatest: PoolingRule {
  @inline(__always) func first<T: BinaryFloatingPoint>(_ x: T) -> T { x }
  @inline(__always) func next<T: BinaryFloatingPoint>(_ result: T, _ x: T) -> T {
    result > x || result != result ? result : x
  }
  @inline(__always) func empty<T: BinaryFloatingPoint>(_ type: T.Type) -> T { -.infinity }
  @inline(__always) func last<T: BinaryFloatingPoint>(_ result: T, count: Int) -> T { result }
}

/// The sum of the elements, over the number of positions.
struct Mean: PoolingRule {
  @inline(__always) func first<T: BinaryFloatingPoint>(_ x: T) -> T { x }
  @inline(__always) func next<T: BinaryFloatingPoint>(_ result: T, _ x: T) -> T { result + x }
  @inline(__always) func empty<T: BinaryFloatingPoint>(_ type: T.Type) -> T { 0 }
  @inline(__always) func last<T: BinaryFloatingPoint>(_ result: T, count: Int) -> T { result / T(count) }
}

/// The sum of the magnitudes.
struct Magnitudes: PoolingRule {
  @inline(__always) func first<T: BinaryFloatingPoint>(_ x: T) -> T { x.magnitude }
  @inline(__always) func next<T: BinaryFloatingPoint>(_ result: T, _ x: T) -> T { result + x.magnitude }
  @inline(__always) func empty<T: BinaryFloatingPoint>(_ type: T.Type) -> T { 0 }
  @inline(__always) func last<T: BinaryFloatingPoint>(_ result: T, count: Int) -> T { result }
}

/// The square root of the sum of squares.
struct Length: PoolingRule {
  @inline(__always) func first<T: BinaryFloatingPoint>(_ x: T) -> T { x * x }
  @inline(__always) func next<T: BinaryFloatingPoint>(_ result: T, _ x: T) -> T { result + x * x }
  @inline(__always) func empty<T: BinaryFloatingPoint>(_ type: T.Type) -> T { 0 }
  @inline(__always) func last<T: BinaryFloatingPoint>(_ result: T, count: Int) -> T { result.squareRoot() }
}

/// The positions of the input that a window sees along one dimension: `first`, and each `step` further.
struct PoolSpan {
  var first: Int
  var count: Int
  var step = 1
  /// The positions that count: those seen, or those within the padded input.
  var counted: Int
}

/// How windows lie along one dimension.
protocol PoolAxis {
  var input: Int { get }
  var output: Int { get }
  /// What the window of an output sees.
  func span(_ output: Int) -> PoolSpan
}

/// Windows of one size at even distances.
struct SlidingAxis: PoolAxis {
  var window = WindowAxis()
  var countsPadding = false

  var input: Int { window.input }
  var output: Int { window.output }

  @inline(__always)
  func span(_ output: Int) -> PoolSpan {
    let seen = window.indices(output, within: 0..<window.input)
    let counted =
      countsPadding
      ? window.indices(output, within: -window.before..<window.input + window.after).count : seen.count
    return PoolSpan(
      first: seen.isEmpty ? 0 : window.position(output, seen.lowerBound), count: seen.count,
      step: window.dilation, counted: counted)
  }
}

/// Windows that share the input out: output `o` of n sees from `floor(o · input / n)` to `ceil((o + 1) · input / n)`.
struct SharingAxis: PoolAxis {
  var input = 1
  var output = 1

  @inline(__always)
  func span(_ output: Int) -> PoolSpan {
    // The products fit: the layer demands it.
    let first = output * input / self.output
    let end = ((output + 1) * input + self.output - 1) / self.output
    return PoolSpan(first: first, count: end - first, counted: end - first)
  }
}

/// The arithmetic of a pooling layer: the positions of a window in row-major order, each channel on its own.
struct Pool<Axis: PoolAxis, Rule: PoolingRule> {
  let rule: Rule
  let format: DataFormat
  let depth: Axis
  let height: Axis
  let width: Axis
  let samples: Int
  let channels: Int

  /// Writes what each window gives.
  func run(_ type: DataType, from input: UnsafeRawPointer, to result: UnsafeMutableRawPointer) {
    if type == .f32 {
      run(input.assumingMemoryBound(to: Float.self), result.assumingMemoryBound(to: Float.self))
    } else {
      run(input.assumingMemoryBound(to: Double.self), result.assumingMemoryBound(to: Double.self))
    }
  }

  @inline(__always)
  private func run<T: BinaryFloatingPoint>(_ input: UnsafePointer<T>, _ result: UnsafeMutablePointer<T>) {
    // Channels that come first are planes of one channel each.
    let isLast = format == .channelsLast
    let planes = isLast ? samples : samples * channels
    let inner = isLast ? channels : 1
    let planeSize = depth.input * height.input * width.input * inner
    var source = input
    var target = result
    for _ in 0..<planes {
      for z in 0..<depth.output {
        let spanZ = depth.span(z)
        for y in 0..<height.output {
          let spanY = height.span(y)
          for x in 0..<width.output {
            let spanX = width.span(x)
            if isLast {
              pool(source, spanZ, spanY, spanX, target)
            } else {
              target.pointee = pooled(source, spanZ, spanY, spanX)
            }
            target += inner
          }
        }
      }
      source += planeSize
    }
  }

  /// All channels of one window.
  @inline(__always)
  private func pool<T: BinaryFloatingPoint>(
    _ plane: UnsafePointer<T>, _ spanZ: PoolSpan, _ spanY: PoolSpan, _ spanX: PoolSpan,
    _ target: UnsafeMutablePointer<T>
  ) {
    var isFirst = true
    for kz in 0..<spanZ.count {
      for ky in 0..<spanY.count {
        let line = (spanZ.first + kz * spanZ.step) * height.input + spanY.first + ky * spanY.step
        for kx in 0..<spanX.count {
          let row = plane + (line * width.input + spanX.first + kx * spanX.step) * channels
          if isFirst {
            for channel in 0..<channels { target[channel] = rule.first(row[channel]) }
            isFirst = false
          } else {
            for channel in 0..<channels { target[channel] = rule.next(target[channel], row[channel]) }
          }
        }
      }
    }
    let count = spanZ.counted * spanY.counted * spanX.counted
    for channel in 0..<channels {
      target[channel] = rule.last(isFirst ? rule.empty(T.self) : target[channel], count: count)
    }
  }

  /// One channel of one window.
  @inline(__always)
  private func pooled<T: BinaryFloatingPoint>(
    _ plane: UnsafePointer<T>, _ spanZ: PoolSpan, _ spanY: PoolSpan, _ spanX: PoolSpan
  ) -> T {
    var isFirst = true
    var result = rule.empty(T.self)
    for kz in 0..<spanZ.count {
      for ky in 0..<spanY.count {
        let line = (spanZ.first + kz * spanZ.step) * height.input + spanY.first + ky * spanY.step
        let row = plane + (line * width.input + spanX.first)
        for kx in 0..<spanX.count {
          let element = row[kx * spanX.step]
          result = isFirst ? rule.first(element) : rule.next(result, element)
          isFirst = false
        }
      }
    }
    return rule.last(result, count: spanZ.counted * spanY.counted * spanX.counted)
  }
}

extension Pool where Axis == SlidingAxis {
  /// A pool of windows that move over an input.
  init(
    _ rule: Rule, _ window: Window, _ format: DataFormat, _ shape: Shape, countsPadding: Bool = false
  ) {
    self.init(
      rule: rule, format: format, depth: SlidingAxis(window: window.depth, countsPadding: countsPadding),
      height: SlidingAxis(window: window.height, countsPadding: countsPadding),
      width: SlidingAxis(window: window.width, countsPadding: countsPadding), samples: shape[0],
      channels: shape[format.channelAxis(rank: shape.rank)])
  }
}
