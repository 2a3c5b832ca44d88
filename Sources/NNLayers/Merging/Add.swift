public import NNFormat
import NNKernels

/// The sum of values: `y = x0 + x1 + ...`, added in order.
///
/// | value  | shape       | notes                                                       |
/// |--------|-------------|-------------------------------------------------------------|
/// | inputs | any         | two or more that broadcast, f32 or f64, all the same        |
/// | output | their union | same element type                                           |
///
/// Inputs broadcast as NumPy's do: shapes are aligned at their ends, and an extent of 1 is repeated. (Keras does the same for
/// inputs of equal rank, and puts the dimensions that others lack elsewhere; an importer writes that out as `reshape`.)
///
/// - Source: Keras 3 and Keras 2 `Add`; ONNX `Add`, `Sum`; NumPy `x0 + x1`.
public struct Add: Layer {
  /// `add`
  public static let kind = "add"
  /// The output may lie where the first input lies.
  public static let aliasing = Aliasing.inPlace

  /// The layer, which has no settings.
  public init() {}

  /// The shape to which the inputs broadcast.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    guard var output = inputs.first, inputs.count >= 2 else {
      throw ModelError(
        LayerProblem.inputCount(kind: Self.kind, expected: "two inputs or more", found: inputs.count))
    }
    try output.requireFloat(index: 0)
    for (index, input) in inputs.enumerated().dropFirst() {
      guard input.dataType == output.dataType, let shape = Broadcast.shape(of: output.shape, input.shape)
      else {
        throw ModelError(
          LayerProblem.badInput(
            index: index, expected: "of a type that broadcasts with \(output)", found: input))
      }
      output.shape = shape
    }
    return [output]
  }

  /// The sum, one input after another.
  public func forward(_ values: borrowing LayerValues) {
    let output = values.outputs[0]
    let type = FloatType(output.dataType)
    let result = values.mutableAddress(of: output)
    let first = values.inputs[0]
    let second = values.inputs[1]
    var done = 1
    if first.shape == output.shape, second.shape == output.shape {
      Addition.run(
        type, values.address(of: first), values.address(of: second), to: result, count: output.shape.count)
      done = 2
    } else {
      repeatElements(of: values.address(of: first), first.shape, type, to: result, output.shape)
    }
    for index in done..<values.inputs.count {
      let input = values.inputs[index]
      add(values.address(of: input), input.shape, type, to: result, output.shape)
    }
  }

  private func repeatElements(
    of source: UnsafeRawPointer, _ shape: Shape, _ type: FloatType, to result: UnsafeMutableRawPointer,
    _ resultShape: Shape
  ) {
    Broadcast(from: shape, to: resultShape).forEachPart { from, to, rows, columns in
      let part = source + from * type.byteSize
      for row in 0..<rows {
        // Within the result: a part's rows lie one behind the other in it.
        (result + (to + row * columns) * type.byteSize).copyMemory(
          from: part, byteCount: columns * type.byteSize)
      }
    }
  }

  private func add(
    _ source: UnsafeRawPointer, _ shape: Shape, _ type: FloatType, to result: UnsafeMutableRawPointer,
    _ resultShape: Shape
  ) {
    Broadcast(from: shape, to: resultShape).forEachPart { from, to, rows, columns in
      let part = result + to * type.byteSize
      Addition.run(type, rows: rows, columns: columns, part, row: source + from * type.byteSize, to: part)
    }
  }
}
