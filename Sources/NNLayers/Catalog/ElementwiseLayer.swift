public import NNFormat
package import NNKernels

/// A layer that applies one function of one number to each element of its input, f32 or f64.
///
/// Its output has the input's type and may lie where the input lies. A kind needs no more than a name, its settings and
/// ``apply(_:from:to:count:)``, which is also what an engine calls on a part of a value that another layer has just written.
public protocol ElementwiseLayer: Layer {
  /// Writes the function of `count` elements at `x` to `y`, which is the same memory or does not overlap it.
  ///
  /// - Parameter type: f32 or f64.
  func apply(_ type: DataType, from x: UnsafeRawPointer, to y: UnsafeMutableRawPointer, count: Int)
}

extension ElementwiseLayer {
  /// The output may lie where the input lies.
  public static var aliasing: Aliasing { .inPlace }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    return [input]
  }

  /// The function of every element.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    apply(
      x.dataType, from: values.address(of: x), to: values.mutableAddress(of: values.outputs[0]),
      count: x.shape.count)
  }
}

extension FloatType {
  /// The element type in which a layer computes.
  ///
  /// - Precondition: it is f32 or f64, which `requireFloat(index:)` demands.
  @inline(__always)
  package init(_ type: DataType) {
    precondition(type == .f32 || type == .f64, "layers compute in f32 and f64")
    self = type == .f32 ? .f32 : .f64
  }
}
