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
