public import NNFormat

/// Takes each element from one of two values: `y = x1 where x0 is true, else x2`.
///
/// | value   | shape       | notes                                        |
/// |---------|-------------|----------------------------------------------|
/// | input 0 | any         | the condition, bool                          |
/// | input 1 | any         | any element type                             |
/// | input 2 | any         | the same element type                        |
/// | output  | their union | the element type of the inputs 1 and 2       |
///
/// Inputs broadcast as NumPy's do.
///
/// - Source: ONNX `Where`; NumPy `np.where`; Keras 3 `keras.ops.where`.
public struct Where: Layer {
  /// `where`
  public static let kind = "where"

  /// The layer, which has no settings.
  public init() {}

  /// The shape to which the three inputs broadcast.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    guard inputs.count == 3 else {
      throw ModelError(LayerProblem.inputCount(kind: Self.kind, expected: "three inputs", found: inputs.count))
    }
    let condition = inputs[0]
    guard condition.dataType == .bool else {
      throw ModelError(LayerProblem.badInput(index: 0, expected: "of bool", found: condition))
    }
    var output = TensorType(inputs[1].dataType, condition.shape)
    for index in 1...2 {
      guard inputs[index].dataType == output.dataType,
        let shape = Broadcast.shape(of: output.shape, inputs[index].shape)
      else {
        throw ModelError(
          LayerProblem.badInput(
            index: index, expected: "of a type that broadcasts with \(output)", found: inputs[index]))
      }
      output.shape = shape
    }
    return [try output.countable()]
  }

  /// Takes the bytes of each element.
  public func forward(_ values: borrowing LayerValues) {
    switch values.outputs[0].dataType.byteSize {
    case 1: choose(values, as: UInt8.self)
    case 2: choose(values, as: UInt16.self)
    case 4: choose(values, as: UInt32.self)
    default: choose(values, as: UInt64.self)
    }
  }

  private func choose<Element: BitwiseCopyable>(_ values: borrowing LayerValues, as type: Element.Type) {
    let (first, second, output) = (values.inputs[1], values.inputs[2], values.outputs[0])
    let condition = values.elements(of: values.inputs[0], as: Bool.self)
    let a = values.address(of: first).assumingMemoryBound(to: type)
    let b = values.address(of: second).assumingMemoryBound(to: type)
    let result = values.mutableAddress(of: output).assumingMemoryBound(to: type)
    BroadcastWalk(
      BroadcastWalk.Operand(values.inputs[0].shape), BroadcastWalk.Operand(first.shape),
      BroadcastWalk.Operand(second.shape), to: BroadcastWalk.Operand(output.shape)
    ).forEachRow { row in
      for index in 0..<row.count {
        let holds = condition[row.places.0 + index * row.steps.0]
        result[row.to + index] =
          holds ? a[row.places.1 + index * row.steps.1] : b[row.places.2 + index * row.steps.2]
      }
    }
  }
}
