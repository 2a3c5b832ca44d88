import NNFormat
import NNKernels

/// A softmax, or its logarithm, along an axis, some groups on each thread.
struct DividedSoftmax: DividedWork {
  private let type: FloatType
  private let axis: Int
  private let inner: Int
  private let isLogarithm: Bool
  private let x: UnsafeRawPointer
  private let y: UnsafeMutableRawPointer

  /// About what an element costs, in multiplications.
  private static let cost = 16

  /// Computes the only output from the only input.
  static func run(_ values: borrowing LayerValues, axis: Axis, isLogarithm: Bool) {
    let x = values.inputs[0]
    let (outer, extent, inner) = axis.split(x.shape)
    let cost = x.shape.count.multipliedClamped(by: cost)
    let work = DividedSoftmax(
      type: FloatType(x.dataType), axis: extent, inner: inner, isLogarithm: isLogarithm,
      x: values.address(of: x), y: values.mutableAddress(of: values.outputs[0]))
    values.crew.divide(work, count: outer, cost: cost)
  }

  func run(_ range: Range<Int>, part: Int) {
    let start = range.lowerBound * axis * inner * type.byteSize
    NNKernels.Softmax.run(
      type, outer: range.count, axis: axis, inner: inner, logarithm: isLogarithm, from: x + start, to: y + start)
  }
}
