package import NNFormat
package import NNKernels

/// A layer that can do element-wise steps with its only output in the pass that computes it, as `LayerValues.fused` says.
///
/// Its result counts as a matrix, whose columns are the extent of the last dimension.
package protocol FusingLayer: ThreadedLayer {
  /// Whether it can with these settings and inputs.
  func fuses(for inputs: [TensorType]) -> Bool
}

extension FusingLayer {
  /// Element-wise steps with its result.
  public var roles: LayerRoles { LayerRoles(threaded: self, fusing: self) }
  /// It can.
  package func fuses(for inputs: [TensorType]) -> Bool { true }
  /// As with one.
  package func scratchSize(for inputs: [TensorType], threads: Int) -> Int { scratchSize(for: inputs) }
}

/// A layer that multiplies by matrices of weights, which may be narrower than the arithmetic, and may be packed in the order in
/// which the kernels read them.
package protocol ProductLayer: FusingLayer {
  /// The parameters that are such matrices, for inputs that the layer accepts.
  func weights(for inputs: [TensorType]) -> [WeightMatrix]
}

extension ProductLayer {
  /// Products with matrices, and element-wise steps with their result.
  public var roles: LayerRoles { LayerRoles(threaded: self, fusing: self, product: self) }
}

/// A parameter that is a row-major matrix of weights.
package struct WeightMatrix: Sendable {
  /// Its place among the parameters.
  package let parameter: Int
  /// The columns of all groups, each of which has a scale where the weights are 8-bit integers.
  package let columns: Int
  /// The matrices side by side.
  package let groups: Int
  /// How many rows are multiplied by it at once; nil where extents are open, or the weights are used as they lie in any case.
  package let rows: Int?
  /// The rows from which on it is no longer packed: a kernel that makes a panel when it needs it takes as long then, and
  /// neither the memory nor the time to open.
  package let plentyOfRows: Int

  /// A matrix; `plentyOfRows` defaults to where panels that are made on the way cost about a twentieth.
  package init(_ parameter: Int, columns: Int, groups: Int = 1, rows: Int? = nil, plentyOfRows: Int = 112) {
    self.parameter = parameter
    self.columns = columns
    self.groups = groups
    self.rows = rows
    self.plentyOfRows = plentyOfRows
  }

  /// How a parameter of `count` elements is packed; nil where it is used as it lies, which a few rows do, too: they read the
  /// weights once.
  package func packing(count: Int) -> MatrixPacking? {
    guard let rows, rows > 8, rows < plentyOfRows, columns > 0 else { return nil }
    return MatrixPacking(depth: count / columns, columns: columns / groups, groups: groups)
  }
}

/// Weights as matrices `[depth, columns]` side by side, one for each group.
package struct MatrixPacking: Hashable, Sendable {
  /// The terms of an inner product.
  package let depth: Int
  /// The columns of one group.
  package let columns: Int
  /// The number of groups.
  package let groups: Int

  package init(depth: Int, columns: Int, groups: Int = 1) {
    self.depth = depth
    self.columns = columns
    self.groups = groups
  }

  /// The bytes of the packed weights of one group, rounded up to a cache line.
  package func groupByteCount(_ type: FloatType, _ weights: WeightType) -> Int {
    (MatrixProduct.packedByteCount(type, columns: columns, depth: depth, bType: weights) + 63) / 64 * 64
  }

  /// The bytes of all packed weights.
  package func byteCount(_ type: FloatType, _ weights: WeightType) -> Int {
    groups * groupByteCount(type, weights)
  }

  /// Packs row-major weights.
  package func pack(
    _ type: FloatType, _ weights: WeightType, from source: UnsafeRawPointer, to packed: UnsafeMutableRawPointer
  ) {
    for group in 0..<groups {
      MatrixProduct.pack(
        type, columns: columns, depth: depth, b: source + group * columns * weights.byteSize(type),
        bStride: columns * groups, bType: weights, to: packed + group * groupByteCount(type, weights))
    }
  }
}

extension WeightType {
  /// How weights of a stored type enter arithmetic of another; nil where they have to be widened before.
  package init?(stored: DataType, computing: DataType) {
    switch (stored, computing) {
    case (let own, let other) where own == other: self = .same
    case (.f16, .f32): self = .f16
    case (.bf16, .f32): self = .bf16
    case (.i8, .f32): self = .i8
    default: return nil
    }
  }
}

/// An element-wise step that a layer does with its result.
package struct FusedStep: Sendable {
  /// What is done with each element x.
  package enum Operation: Hashable, Sendable {
    /// function(x)
    case apply(Elementwise)
    /// x + operand
    case add
    /// x * operand
    case multiply
    /// x - operand
    case subtract
  }

  /// How the operand belongs to the result as a matrix.
  package enum Layout: Hashable, Sendable {
    /// An element for each.
    case matrix
    /// One row for all rows.
    case row
  }

  package let operation: Operation
  /// The other value; nil for functions.
  package let operand: LayerValue?
  package let layout: Layout

  package init(_ operation: Operation, operand: LayerValue? = nil, layout: Layout = .matrix) {
    self.operation = operation
    self.operand = operand
    self.layout = layout
  }
}

extension LayerValues {
  /// The most steps that one layer does: their addresses fit on the stack.
  package static var mostFusedSteps: Int { 12 }

  /// Calls `body` with the fused steps as the kernels take them.
  ///
  /// - Parameter columns: the columns of the result as a matrix.
  @inline(__always)
  package func withSteps(
    columns: Int, _ body: (UnsafeBufferPointer<ElementStep>) -> Void
  ) {
    guard !fused.isEmpty else { return body(.none) }
    withUnsafeTemporaryAllocation(of: ElementStep.self, capacity: fused.count) { steps in
      for (index, step) in fused.enumerated() {
        steps.initializeElement(at: index, to: kernelStep(step, columns))
      }
      body(UnsafeBufferPointer(steps))
    }
  }

  private func kernelStep(_ step: FusedStep, _ columns: Int) -> ElementStep {
    if case .apply(let function) = step.operation { return .apply(function) }
    guard let value = step.operand else { preconditionFailure("a step with two values has an operand") }
    let address = address(of: value)
    let operand: ElementStep.Operand =
      step.layout == .matrix ? .matrix(address, rowStride: columns) : .row(address)
    switch step.operation {
    case .apply: preconditionFailure("functions are done")
    case .add: return .add(operand)
    case .multiply: return .multiply(operand)
    case .subtract: return .subtract(operand)
    }
  }
}
