import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// Checks every law that holds for every kind of layer, on every case of the kind.
func checkLayer<L: Layer>(_ type: L.Type, cases: [LayerCase]) throws {
  for item in cases {
    let comment = Comment(rawValue: "\(item.kind), case \(item.name)")
    let layer = try L.decoded(from: item.fields)
    try checkCoding(layer, item.fields, comment)
    let check = LayerCheck(layer: layer, item: item, comment: comment)
    try check.inference()
    try check.openExtents()
    try check.arity()
    let outputs = try check.results()
    try check.memory(outputs)
    try check.rows(outputs)
    try check.parametersAreRead()
  }
}

/// Writing and reading: round trip, defaults left out, nothing unknown, nothing missing, nothing of a wrong kind.
private func checkCoding<L: Layer>(_ layer: L, _ fields: JSONObject, _ comment: Comment) throws {
  let written = layer.encodedFields
  let read = try L.decoded(from: written)
  #expect(read == layer, comment)
  var explicit = JSONObject()
  for field in L.fields {
    #expect(field.defaultValue == nil || written[field.name] != field.defaultValue, comment)
    explicit[field.name] = written[field.name] ?? field.defaultValue
  }
  let complete = try L.decoded(from: explicit)
  #expect(complete == layer, comment)
  #expect(complete.encodedFields == written, comment)

  var unknown = fields
  let name = (L.fields.first?.name ?? "colour") + "x"
  unknown[name] = 1
  #expect(
    throws: ModelError(
      LayerProblem.unknownField(kind: L.kind, nearest: L.fields.first?.name), at: .field(name)), comment
  ) { try L.decoded(from: unknown) }

  for field in L.fields {
    var wrong = fields
    wrong[field.name] = .null
    #expect(
      throws: ModelError(
        LayerProblem.badField(expected: field.expectation, found: .null), at: .field(field.name)), comment
    ) { try L.decoded(from: wrong) }
    guard field.defaultValue == nil else { continue }
    var missing = fields
    missing[field.name] = nil
    #expect(throws: ModelError(LayerProblem.missingField(kind: L.kind), at: .field(field.name)), comment) {
      try L.decoded(from: missing)
    }
  }
}

private struct LayerCheck<L: Layer> {
  let layer: L
  let item: LayerCase
  let comment: Comment

  private var types: [TensorType] { item.inputs.map(\.type) }

  private func run(_ change: (inout LayerRun) -> Void = { _ in }) throws -> [Tensor] {
    var run = LayerRun(layer: layer, inputs: item.inputs, parameters: item.parameters.map(\.tensor))
    run.seed = item.seed
    run.position = item.position
    change(&run)
    return try run.outputs(comment)
  }

  /// Inferred types are those of the results, and fixed ones for fixed inputs; declared parameters are those of the case.
  func inference() throws {
    let inferred = try layer.outputs(for: types)
    for expectation in item.expectations { #expect(inferred == expectation.outputs.map(\.type), comment) }
    for type in inferred {
      let shape = try type.knownShape()
      #expect(shape != nil, comment)
    }
    let declared = try layer.parameters(for: types)
    #expect(declared.map(\.role) == item.parameters.map(\.role), comment)
    #expect(declared.map(\.type) == item.parameters.map(\.tensor.type), comment)
  }

  /// Whatever extents are open: what is inferred for them fits what comes out. An open batch is always accepted.
  func openExtents() throws {
    let actual = try layer.outputs(for: types)
    let deepest = types.map(\.rank).max() ?? 0
    for open in 0..<(1 << deepest) {
      let patterns = types.enumerated().map { index, type in
        TensorType(
          type.dataType,
          type.shape.enumerated().map { axis, extent in
            open & (1 << axis) == 0 ? extent : axis == 0 ? .symbol("N") : .symbol("x\(index)\(axis)")
          })
      }
      do throws(ModelError) {
        let inferred = try layer.outputs(for: patterns)
        #expect(inferred.count == actual.count, comment)
        for (pattern, type) in zip(inferred, actual) {
          #expect(type.fits(pattern), "\(comment): \(patterns)")
        }
      } catch {
        #expect(
          error.problem is LayerProblem && !(item.rows && open == 1), "\(comment): \(patterns): \(error)")
      }
    }
  }

  /// No inputs are too few, and where each case has one, two are too many; where it has none, one is.
  func arity() throws {
    if item.inputs.isEmpty {
      let one = TensorType(.f32, [.known(1)])
      #expect(
        throws: ModelError(LayerProblem.inputCount(kind: L.kind, expected: "no inputs", found: 1)), comment
      ) { try layer.outputs(for: [one]) }
      return
    }
    let none =
      error(thrownBy: { () throws(ModelError) in try layer.outputs(for: []) })?.problem as? LayerProblem
    guard case .inputCount(kind: L.kind, _, found: 0)? = none else {
      Issue.record("\(comment): no inputs give \(String(describing: none))")
      return
    }
    if none == .inputCount(kind: L.kind, expected: "one input", found: 0) {
      #expect(
        throws: ModelError(LayerProblem.inputCount(kind: L.kind, expected: "one input", found: 2)), comment
      ) { try layer.outputs(for: types + types) }
    }
  }

  /// The results are as near to those of the others as promised.
  func results() throws -> [Tensor] {
    let outputs = try run()
    for expectation in item.expectations {
      let comparison = Comparison(precision: L.precision, bound: expectation.bound)
      for (index, (found, wanted)) in zip(outputs, expectation.outputs).enumerated() {
        let departure = comparison.departure(of: found, from: wanted)
        #expect(departure == nil, "\(comment), \(expectation.framework), output \(index)")
      }
    }
    return outputs
  }

  /// The results do not depend on what the memory held before, nor on whether they lie where the input lay.
  func memory(_ outputs: [Tensor]) throws {
    let again = try run { $0.filling = 0xA7 }
    #expect(again == outputs, comment)
    let fits = outputs.first?.type == types.first
    switch L.aliasing {
    case .never: break
    case .inPlace where fits:
      let inPlace = try run { $0.inPlace = true }
      #expect(inPlace == outputs, comment)
    case .inPlace: break
    case .view:
      #expect(outputs.map(\.bytes) == [item.inputs[0].bytes], comment)
      let inPlace = try run { $0.inPlace = true }
      #expect(inPlace == outputs, comment)
    }
  }

  /// A row alone gets the bits that it gets among others.
  func rows(_ outputs: [Tensor]) throws {
    guard item.rows, let count = item.inputs.first?.shape.dimensions.first else { return }
    for row in 0..<count {
      let alone = item.inputs.map { $0.rows(row..<row + 1) }
      let expected = outputs.map { $0.rows(row..<row + 1) }
      let found = try run { $0.inputs = alone }
      #expect(found == expected, "\(comment), row \(row)")
    }
  }

  /// A NaN in any parameter reaches the output; some are read only where random numbers are drawn.
  func parametersAreRead() throws {
    let outputs = try run { $0.seed = 1 }
    guard outputs.contains(where: { $0.shape.count > 0 }) else { return }
    for (index, parameter) in item.parameters.enumerated() where parameter.tensor.shape.count > 0 {
      var poisoned = item.parameters.map(\.tensor)
      let count = poisoned[index].shape.count
      switch poisoned[index].dataType {
      case .f32: poisoned[index] = try Tensor([Float](repeating: .nan, count: count), poisoned[index].shape)
      case .f64: poisoned[index] = try Tensor([Double](repeating: .nan, count: count), poisoned[index].shape)
      case let type:
        // Integers have no NaN: other ones.
        let flipped = poisoned[index].bytes.withUnsafeBytes { $0.map { $0 ^ 1 } }
        poisoned[index] = try Tensor(type, poisoned[index].shape, bytes: ByteRegion(flipped))
      }
      let found = try run {
        $0.parameters = poisoned
        $0.seed = 1
      }
      #expect(found != outputs, "\(comment): '\(parameter.role)' is not read")
    }
  }
}
