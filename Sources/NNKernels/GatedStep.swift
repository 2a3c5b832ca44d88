import CNNKernels

/// A step of a recurrent layer with gates: the product of the state with its weights and all that follows it, in one pass.
///
/// It gives the bits of a matrix product and the functions and sums behind it, one after another; `spec/numerics.md` has them.
package struct GatedStep: Sendable {
  /// What follows the product.
  package enum Kind: Sendable {
    /// Gates i, f, g, o and two states.
    case lstm
    /// Gates z, r, n and one state, whose share of n is multiplied by r.
    case gru

    var gateCount: Int { self == .lstm ? 4 : 3 }
  }

  private let kind: Kind
  private let gate: nnk_activation
  private let candidate: nnk_activation
  private let output: nnk_activation

  /// - Parameters:
  ///   - gate: The function of the gates.
  ///   - candidate: That of the candidate, g or n.
  ///   - output: That of c in the output of an `lstm`.
  package init(_ kind: Kind, gate: Elementwise, candidate: Elementwise, output: Elementwise = .linear) {
    self.kind = kind
    self.gate = gate.activation
    self.candidate = candidate.activation
    self.output = output.activation
  }

  /// The bytes of packed weights.
  package func packedByteCount(
    _ type: FloatType, units: Int, depth: Int, variant: KernelVariant = .current
  ) -> Int {
    precondition(units >= 0 && depth >= 0)
    return variant.withKernels(type) { $0.packed_gates_size(units, depth, kind.gateCount) }
  }

  /// Packs weights `[depth, gates * units]` in the order in which `run` reads them. Only the same variant can read them.
  package func pack(
    _ type: FloatType, _ weights: UnsafeRawPointer, units: Int, depth: Int, to packed: UnsafeMutableRawPointer,
    variant: KernelVariant = .current
  ) {
    precondition(units >= 0 && depth >= 0)
    variant.withKernels(type) { $0.pack_gates(weights, units, depth, kind.gateCount, packed) }
  }

  /// Writes the states after a step.
  ///
  /// - Parameters:
  ///   - depth: The extent of h, which for `gru` is `units`.
  ///   - gates: The inputs' share, `[rows, gates * units]`.
  ///   - hidden: h, `[rows, depth]`.
  ///   - weights: `[depth, gates * units]`; not read where they are packed.
  ///   - packed: What ``pack(_:_:units:depth:to:variant:)`` made of them.
  ///   - bias: What is added to the product, `[gates * units]`; of `gru` only.
  ///   - cell: c, `[rows, units]`; of `lstm` only, as `nextCell`.
  ///   - nextHidden: The new h, or with a projection what is projected, `[rows, units]`. The new states must not overlap the
  ///     old ones.
  package func run(
    _ type: FloatType, rows: Int, units: Int, depth: Int, gates: UnsafeRawPointer, hidden: UnsafeRawPointer,
    weights: UnsafeRawPointer, packed: UnsafeRawPointer? = nil, bias: UnsafeRawPointer? = nil,
    cell: UnsafeRawPointer, nextCell: UnsafeMutableRawPointer, nextHidden: UnsafeMutableRawPointer,
    variant: KernelVariant = .current
  ) {
    precondition(rows >= 0 && units >= 0 && depth > 0)
    switch kind {
    case .lstm:
      precondition(bias == nil, "an lstm adds its biases to the inputs' share")
      var step = nnk_lstm(
        rows: rows, units: units, depth: depth, gates: gates, gates_stride: 4 * units, hidden: hidden, weights: weights,
        packed: packed, cell: cell, next_cell: nextCell, next_hidden: nextHidden, gate: gate, candidate: candidate,
        output: output)
      variant.withKernels(type) { $0.lstm(&step) }
    case .gru:
      precondition(depth == units, "a gru's state has its units")
      var step = nnk_gru(
        rows: rows, units: units, gates: gates, gates_stride: 3 * units, hidden: hidden, weights: weights,
        packed: packed, bias: bias, next_hidden: nextHidden, gate: gate, candidate: candidate)
      variant.withKernels(type) { $0.gru(&step) }
    }
  }
}

extension Elementwise {
  fileprivate var activation: nnk_activation {
    let (function, alpha, beta) = code
    return nnk_activation(function: function, alpha: alpha, beta: beta)
  }
}
