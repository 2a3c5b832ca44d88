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
  /// A function of each element.
  public var roles: LayerRoles { LayerRoles(elementwise: self) }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    return [input]
  }

  /// The function of every element, a part of them on each thread.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    let elements = PartsOfElements(
      layer: self, type: x.dataType, x: values.address(of: x), y: values.mutableAddress(of: values.outputs[0]))
    values.crew.divide(
      elements, count: x.shape.count, least: 1_024, multiple: 64,
      cost: x.shape.count.multipliedClamped(by: PartsOfElements<Self>.cost))
  }
}

/// The elements of a value.
private struct PartsOfElements<L: ElementwiseLayer>: DividedWork {
  let layer: L
  let type: DataType
  let x: UnsafeRawPointer
  let y: UnsafeMutableRawPointer

  /// About what a function of one element costs, in multiplications.
  static var cost: Int { 16 }

  func run(_ elements: Range<Int>, part: Int) {
    let start = elements.lowerBound * type.byteSize
    layer.apply(type, from: x + start, to: y + start, count: elements.count)
  }
}

/// A layer whose function the kernels know, so that an engine can let them apply it in the pass that computes its input.
package protocol FunctionLayer: ElementwiseLayer {
  /// The function; nil where the kernels do not know it with the layer's settings, which then has an `apply` of its own.
  var function: Elementwise? { get }
}

extension FunctionLayer {
  /// A function of each element, which the kernels may know.
  public var roles: LayerRoles { LayerRoles(elementwise: self, function: self) }
  /// The function, each step rounded.
  public func apply(_ type: DataType, from x: UnsafeRawPointer, to y: UnsafeMutableRawPointer, count: Int) {
    guard let function else { preconditionFailure("a layer without a function applies itself") }
    function.run(FloatType(type), from: x, to: y, count: count)
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
