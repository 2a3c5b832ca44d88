package import NNFormat

extension [TensorType] {
  /// The only input, where a kind takes one.
  package func single(for kind: String) throws(ModelError) -> TensorType {
    guard count == 1, let input = first else {
      throw ModelError(LayerProblem.inputCount(kind: kind, expected: "one input", found: count))
    }
    return input
  }
}

extension TensorType {
  /// Demands elements in which layers compute: f32 or f64.
  package func requireFloat(index: Int) throws(ModelError) {
    guard dataType == .f32 || dataType == .f64 else {
      throw ModelError(LayerProblem.badInput(index: index, expected: "of f32 or f64", found: self))
    }
  }
}
