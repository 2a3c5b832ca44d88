public import NNFormat

extension Network {
  /// Computes a network of one f64 input and one f64 output from plain numbers, row-major.
  ///
  /// The numbers fill the input; where its first extent alone is open, their count decides it. So `network([0, 1])` is one
  /// row for an input `[N, 2]`.
  ///
  /// - Throws: ``RuntimeProblem`` if the shape does not follow from the count, or types differ.
  public func callAsFunction(_ elements: [Double], seed: UInt64? = nil) throws(ModelError) -> [Double] {
    try compute(elements, seed)
  }

  /// Computes a network of one input and one output of the same element type from plain numbers, row-major.
  ///
  /// The numbers fill the input; where its first extent alone is open, their count decides it.
  ///
  /// - Throws: ``RuntimeProblem`` if the shape does not follow from the count, or types differ.
  public func callAsFunction<Scalar: TensorScalar>(_ elements: [Scalar], seed: UInt64? = nil) throws(ModelError)
    -> [Scalar]
  {
    try compute(elements, seed)
  }

  /// Computes a network whose one input and one output are matrices of f64 from rows, and gives rows.
  ///
  /// - Throws: ``RuntimeProblem`` if the rows do not fit, or the input or output is no matrix of this type.
  public func callAsFunction(_ rows: [[Double]], seed: UInt64? = nil) throws(ModelError) -> [[Double]] {
    try compute(rows, seed)
  }

  /// Computes a network whose one input and one output are matrices of one element type from rows, and gives rows.
  ///
  /// - Throws: ``RuntimeProblem`` if the rows do not fit, or the input or output is no matrix of this type.
  public func callAsFunction<Scalar: TensorScalar>(_ rows: [[Scalar]], seed: UInt64? = nil) throws(ModelError)
    -> [[Scalar]]
  {
    try compute(rows, seed)
  }

  private func compute<Scalar: TensorScalar>(_ elements: [Scalar], _ seed: UInt64?) throws(ModelError) -> [Scalar] {
    let input = try onlyInput
    let shape = try located(.input(input.name)) { () throws(ModelError) in
      try input.type.shape(filledBy: elements.count)
    }
    return try compute(elements, shape, input, onlyOutput, seed).elements(as: Scalar.self)
  }

  private func compute<Scalar: TensorScalar>(_ rows: [[Scalar]], _ seed: UInt64?) throws(ModelError) -> [[Scalar]] {
    let (input, output) = (try onlyInput, try onlyOutput)
    guard input.type.rank == 2 else {
      throw ModelError(RuntimeProblem.notRows(input.type), at: .input(input.name))
    }
    guard output.type.rank == 2 else {
      throw ModelError(RuntimeProblem.notRows(output.type), at: .output(output.name))
    }
    guard let width = input.type.shape[1].value ?? rows.first?.count else {
      throw ModelError(RuntimeProblem.shapeNeeded(input.type), at: .input(input.name))
    }
    if let wrong = rows.firstIndex(where: { $0.count != width }) {
      throw ModelError(
        RuntimeProblem.wrongRow(index: wrong, expected: width, found: rows[wrong].count),
        at: .input(input.name))
    }
    let result = try compute(rows.flatMap { $0 }, Shape([rows.count, width]), input, output, seed)
    let elements = result.elements(as: Scalar.self)
    let length = result.shape[1]
    return (0..<result.shape[0]).map { Array(elements[$0 * length..<($0 + 1) * length]) }
  }

  private func compute<Scalar: TensorScalar>(
    _ elements: [Scalar], _ shape: Shape, _ input: NamedType, _ output: NamedType,
    _ seed: UInt64?
  ) throws(ModelError) -> Tensor {
    try check(Scalar.dataType, for: input)
    guard output.type.dataType == Scalar.dataType else {
      throw ModelError(
        RuntimeProblem.wrongResultType(expected: Scalar.dataType, found: output.type.dataType),
        at: .output(output.name))
    }
    return try self(Tensor(elements, shape), seed: seed)
  }
}

extension TensorType {
  /// The shape that so many elements have, if it follows from their number: every extent is fixed, or the first alone is open.
  fileprivate func shape(filledBy count: Int) throws(ModelError) -> Shape {
    let wrongCount = ModelError(RuntimeProblem.wrongCount(expected: self, count: count))
    if let known = try knownShape() {
      guard known.count == count else { throw wrongCount }
      return known
    }
    let rest = try TensorType(dataType, Array(shape.dropFirst())).knownShape()
    guard let rest, rest.count > 0 else { throw ModelError(RuntimeProblem.shapeNeeded(self)) }
    guard count.isMultiple(of: rest.count) else { throw wrongCount }
    return try Shape([count / rest.count] + rest.dimensions)
  }
}
