public import NNFormat
public import NNKernels

/// A layer that is the identity in a run without a seed, and changes its input at random in a run with one.
///
/// Its output has the input's type and may lie where the input lies.
public protocol NoiseLayer: Layer {
  /// Writes what becomes of the input's elements with these random numbers.
  func sample(_ values: borrowing LayerValues, _ random: inout RandomStream)
}

extension NoiseLayer {
  /// The output may lie where the input lies.
  public static var aliasing: Aliasing { .inPlace }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    return [input]
  }

  /// The input, changed if the run has a seed.
  public func forward(_ values: borrowing LayerValues) {
    if var random = values.random {
      sample(values, &random)
    } else {
      let x = values.inputs[0]
      let source = values.address(of: x)
      let target = values.mutableAddress(of: values.outputs[0])
      guard source != UnsafeRawPointer(target) else { return }
      target.copyMemory(from: source, byteCount: x.shape.count * x.dataType.byteSize)
    }
  }
}
