import NNFormat
import NNKernels

/// A softmax, or its logarithm, along an axis, some groups on each thread.
struct DividedSoftmax {
  private let type: FloatType
  private let outer: Int
  private let axis: Int
  private let inner: Int
  private let isLogarithm: Bool
  private let parts: Int
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
      type: FloatType(x.dataType), outer: outer, axis: extent, inner: inner, isLogarithm: isLogarithm,
      parts: values.crew.parts(of: outer, cost: cost), x: values.address(of: x),
      y: values.mutableAddress(of: values.outputs[0]))
    values.crew.run(parts: work.parts, work) { work, part in
      work.assumingMemoryBound(to: DividedSoftmax.self).pointee.run(part)
    }
  }

  private func run(_ part: Int) {
    let range = sharedRange(outer, part: part, of: parts)
    let start = range.lowerBound * axis * inner * type.byteSize
    NNKernels.Softmax.run(
      type, outer: range.count, axis: axis, inner: inner, logarithm: isLogarithm, from: x + start, to: y + start)
  }
}
