public import NNFormat
import NNKernels

/// The gated linear unit: `y = a * sigmoid(b)`, where `a` and `b` are the halves of the input along an axis.
///
/// | value  | shape          | notes                                    |
/// |--------|----------------|------------------------------------------|
/// | input  | rank 1 or more | f32 or f64; the axis has an even extent  |
/// | output | same           | along the axis half of the input's extent |
///
/// - Source: Keras 3 `glu`; PyTorch `GLU`; Dauphin et al., "Language Modeling with Gated Convolutional Networks" (2017).
public struct GLU: Layer {
  /// `glu`
  public static let kind = "glu"
  /// The settings.
  public static let fields: [Field<GLU>] = [
    Field("axis", \.axis, default: -1, "the axis that is halved; negative ones count from the last, which is -1")
  ]

  /// The axis that is halved.
  public var axis: Axis = -1

  /// The layer over the last axis.
  public init() {}

  /// The layer over the given axis.
  public init(axis: Axis) {
    self.axis = axis
  }

  /// The input's type with half of the extent along the axis.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    let axis = try axis.resolved(rank: input.rank)
    var output = input
    guard let extent = input.shape[axis].value else {
      output.shape[axis] = .unknown
      return [output]
    }
    guard extent.isMultiple(of: 2) else {
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of an even extent along axis \(axis)", found: input))
    }
    output.shape[axis] = .known(extent / 2)
    return [output]
  }

  /// The formula, each step rounded.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    let output = values.outputs[0]
    let (outer, extent, inner) = axis.split(x.shape)
    let half = extent / 2 * inner
    let type = FloatType(x.dataType)
    for row in 0..<outer {
      let a = values.address(of: x) + row * 2 * half * type.byteSize
      let y = values.mutableAddress(of: output) + row * half * type.byteSize
      Elementwise.sigmoid.run(type, from: a + half * type.byteSize, to: y, count: half)
      switch type {
      case .f32: multiply(y.assumingMemoryBound(to: Float.self), by: a, count: half)
      case .f64: multiply(y.assumingMemoryBound(to: Double.self), by: a, count: half)
      }
    }
  }

  @inline(__always)
  private func multiply<Scalar: BinaryFloatingPoint>(
    _ y: UnsafeMutablePointer<Scalar>, by a: UnsafeRawPointer, count: Int
  ) {
    let a = a.assumingMemoryBound(to: Scalar.self)
    for index in 0..<count { y[index] = a[index] * y[index] }
  }
}
