package import NNKernels

/// A slow sigmoid: `y = x / (1 + |x|)`.
///
/// | value  | shape | notes             |
/// |--------|-------|-------------------|
/// | input  | any   | f32 or f64        |
/// | output | same  | same element type |
///
/// - Source: Keras 3 and Keras 2 `softsign`; ONNX `Softsign`.
public struct Softsign: ElementwiseLayer, FunctionLayer {
  /// `softsign`
  public static let kind = "softsign"

  /// The layer, which has no settings.
  public init() {}

  /// The formula, each step rounded.
  package var function: Elementwise? { .softsign }
}
