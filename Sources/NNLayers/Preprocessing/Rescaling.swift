public import NNFormat
import NNKernels

/// Scales and shifts all elements alike: `y = x · scale + offset`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// Scale and offset are rounded to the element type, the product and the sum one by one.
///
/// - Source: Keras 3 and Keras 2 `Rescaling` with one scale and one offset.
public struct Rescaling: ElementwiseLayer {
  /// `rescaling`
  public static let kind = "rescaling"
  /// The settings.
  public static let fields: [Field<Rescaling>] = [
    Field("scale", \.scale, "the factor"),
    Field("offset", \.offset, default: 0, "what is added to the product"),
  ]

  /// The factor.
  public var scale: Finite = 1
  /// What is added to the product.
  public var offset: Finite = 0

  /// The layer that changes nothing.
  public init() {}

  /// A layer of the given settings.
  public init(scale: Finite, offset: Finite = 0) {
    self.scale = scale
    self.offset = offset
  }

  /// The formula, each step rounded.
  public func apply(_ type: DataType, from x: UnsafeRawPointer, to y: UnsafeMutableRawPointer, count: Int) {
    switch FloatType(type) {
    case .f32: run(x.assumingMemoryBound(to: Float.self), y.assumingMemoryBound(to: Float.self), count)
    case .f64: run(x.assumingMemoryBound(to: Double.self), y.assumingMemoryBound(to: Double.self), count)
    }
  }

  private func run<Scalar: ComputingScalar>(
    _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    let (scale, offset) = (Scalar(scale.value), Scalar(offset.value))
    for k in 0..<count { y[k] = x[k] * scale + offset }
  }
}
