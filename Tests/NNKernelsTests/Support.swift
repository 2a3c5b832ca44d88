import NNKernels
import Testing

/// An element type of the kernels, so that one test covers both.
protocol Number: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  static var type: FloatType { get }
  var bits: UInt64 { get }
  init(bits: UInt64)
}

extension Float: Number {
  static var type: FloatType { .f32 }
  var bits: UInt64 { UInt64(bitPattern) }
  init(bits: UInt64) { self.init(bitPattern: UInt32(truncatingIfNeeded: bits)) }
}

extension Double: Number {
  static var type: FloatType { .f64 }
  var bits: UInt64 { bitPattern }
  init(bits: UInt64) { self.init(bitPattern: bits) }
}

/// The first element whose bits differ, as a sentence; nil if none does. NaN agrees with NaN.
func firstDifference<T: Number>(_ found: [T], _ expected: [T]) -> String? {
  guard found.count == expected.count else { return "\(found.count) elements, not \(expected.count)" }
  for (index, (x, y)) in zip(found, expected).enumerated() where x.bits != y.bits && !(x.isNaN && y.isNaN) {
    return "element \(index) is \(x), not \(y)"
  }
  return nil
}

/// A small generator that gives the same numbers in every run.
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Numbers of moderate size, some special ones and some of any bits among them.
  mutating func numbers<T: Number>(_ count: Int, special: Bool = true) -> [T] {
    let edges: [T] = [
      0, -0.0, 1, -1, 0.5, 6, -6, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNormalMagnitude,
      .greatestFiniteMagnitude, 88.8, -104, 709.8, -745.2, -750,
    ]
    return (0..<count).map { _ in
      if special {
        let kind = next() % 16
        if kind == 0 { return edges[Int(next() % UInt64(edges.count))] }
        if kind == 1 { return T(bits: next()) }
      }
      return T(Double.random(in: -10...10, using: &self))
    }
  }
}

let everyFunction: [Elementwise] =
  [
    .linear, .exponential, .logarithm, .tanh, .log1p, .expm1, .erf, .sigmoid, .relu, .relu6,
    .leakyReLU(slope: 0.3),
    .elu(alpha: 0.7), .selu, .softplus, .softsign, .gelu, .geluTanh, .silu, .mish, .hardSigmoidKeras2,
    .hardSigmoidKeras3, .hardSwish, .sqrt, .rsqrt, .reciprocal, .square, .abs, .neg, .sign, .floor, .ceil, .round,
    .celu(alpha: 0.7), .logSigmoid, .sparsePlus, .sparseSigmoid, .squareplus(b: 0.3), .tanhShrink,
    .clip(from: -0.3, to: 0.7),
    .threshold(0.3, otherwise: 0.7), .shrink(threshold: 0.3, bias: 0.7),
  ] + roundedOnce

/// The functions that are evaluated with more bits than the result has.
let roundedOnce: [Elementwise] = [
  .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .asinh, .acosh, .atanh,
]

extension Elementwise {
  func callAsFunction<T: Number>(_ x: [T], variant: KernelVariant = .current) -> [T] {
    var result = x
    result.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      run(T.type, from: base, to: base, count: x.count, variant: variant)
    }
    return result
  }
}

extension Softmax {
  static func callAsFunction<T: Number>(
    _ x: [T], _ outer: Int, _ axis: Int, _ inner: Int, logarithm: Bool, variant: KernelVariant
  ) -> [T] {
    var result = x
    result.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      run(
        T.type, outer: outer, axis: axis, inner: inner, logarithm: logarithm, from: base, to: base,
        variant: variant)
    }
    return result
  }
}

extension Reduction {
  func callAsFunction<T: Number>(
    _ x: ArraySlice<T>, _ outer: Int, _ axis: Int, _ inner: Int, variant: KernelVariant
  ) -> [T] {
    var result = [T](repeating: 0, count: outer * inner)
    x.withUnsafeBytes { from in
      result.withUnsafeMutableBytes { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        run(T.type, outer: outer, axis: axis, inner: inner, from: from, to: to, variant: variant)
      }
    }
    return result
  }
}

/// A matrix product through the Swift face, on arrays that start `offset` elements into their memory.
func product<T: Number>(
  rows: Int, columns: Int, depth: Int, a: [T], b: [T], bias: [T]?, offset: Int = 0, variant: KernelVariant
) -> [T] {
  let pad = [T](repeating: 0, count: offset)
  var result = [T](repeating: .nan, count: offset + rows * columns)
  (pad + a).withUnsafeBytes { a in
    (pad + b).withUnsafeBytes { b in
      (pad + (bias ?? [])).withUnsafeBytes { biasBytes in
        result.withUnsafeMutableBytes { result in
          guard let a = a.baseAddress, let b = b.baseAddress, let result = result.baseAddress else { return }
          let skip = offset * MemoryLayout<T>.size
          MatrixProduct.run(
            T.type, rows: rows, columns: columns, depth: depth, a: a + skip, b: b + skip,
            bias: bias == nil ? nil : biasBytes.baseAddress.map { $0 + skip }, result: result + skip,
            variant: variant)
        }
      }
    }
  }
  return Array(result[offset...])
}
