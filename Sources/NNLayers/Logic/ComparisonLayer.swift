import NNFormat

/// A layer that compares the elements of two inputs under broadcasting.
protocol ComparisonLayer: Layer {
  /// Whether the relation holds.
  static func holds<Element: Comparable>(_ left: Element, _ right: Element) -> Bool
}

extension ComparisonLayer {
  /// Truth values of the shape to which the inputs broadcast.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    var output = try inputs.broadcast(for: Self.kind, isPair: true)
    guard output.dataType != .f16, output.dataType != .bf16 else {
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of f32, f64, an integer type or bool", found: inputs[0]))
    }
    output.dataType = .bool
    return [output]
  }

  /// The comparison, element by element.
  public func forward(_ values: borrowing LayerValues) {
    switch values.inputs[0].dataType {
    case .f32: compare(values, as: Float.self)
    case .f64: compare(values, as: Double.self)
    case .i8: compare(values, as: Int8.self)
    case .i16: compare(values, as: Int16.self)
    case .i32: compare(values, as: Int32.self)
    case .i64: compare(values, as: Int64.self)
    case .u16: compare(values, as: UInt16.self)
    case .u32: compare(values, as: UInt32.self)
    case .u64: compare(values, as: UInt64.self)
    // A truth value is a byte, 0 or 1; the small floats are refused.
    case .u8, .bool, .f16, .bf16: compare(values, as: UInt8.self)
    }
  }

  private func compare<Element: Comparable & BitwiseCopyable>(
    _ values: borrowing LayerValues, as type: Element.Type
  ) {
    let (left, right, output) = (values.inputs[0], values.inputs[1], values.outputs[0])
    let a = values.address(of: left).assumingMemoryBound(to: type)
    let b = values.address(of: right).assumingMemoryBound(to: type)
    let result = values.mutableAddress(of: output).assumingMemoryBound(to: Bool.self)
    BroadcastWalk(
      BroadcastWalk.Operand(left.shape), BroadcastWalk.Operand(right.shape), to: BroadcastWalk.Operand(output.shape)
    ).forEachRow { row in
      combineRow(row, a, b, result) { Self.holds($0, $1) }
    }
  }
}

extension [TensorType] {
  /// The type to which two inputs of truth values broadcast.
  func requireTruthValues(for kind: String) throws(ModelError) -> [TensorType] {
    let output = try broadcast(for: kind, isPair: true)
    guard output.dataType == .bool else {
      throw ModelError(LayerProblem.badInput(index: 0, expected: "of bool", found: self[0]))
    }
    return [output]
  }
}
