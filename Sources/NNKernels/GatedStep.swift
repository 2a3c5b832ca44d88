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

    /// The columns of weights that a unit has.
    package var gateCount: Int { self == .lstm ? 4 : 3 }
  }

  /// Which layer's step.
  package let kind: Kind
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

  /// How many units a part of a step has, or a multiple of it.
  package static let unitsOfPart = Int(NNK_STEP_UNITS)

  /// The weights of the gates, `[depth, gates * units]`.
  package struct Weights {
    let address: UnsafeRawPointer
    let type: WeightType
    let isPacked: Bool
    let scales: UnsafeRawPointer?

    /// - Parameters:
    ///   - type: How they are stored; narrow ones need arithmetic in f32.
    ///   - isPacked: Whether ``GatedStep/Packing`` made them.
    ///   - scales: Factors of the sums of 8-bit integers, `[gates * units]`.
    package init(
      _ address: UnsafeRawPointer, type: WeightType = .same, isPacked: Bool = false, scales: UnsafeRawPointer? = nil
    ) {
      self.address = address
      self.type = type
      self.isPacked = isPacked
      self.scales = scales
    }

    fileprivate var code: nnk_gate_weights {
      nnk_gate_weights(values: address, is_packed: isPacked, type: type.code, scales: scales)
    }
  }

  /// The order in which steps read weights best. Only the same variant of the kernels can read them.
  package struct Packing: Hashable, Sendable {
    /// The terms of an inner product.
    package let depth: Int
    /// The number of units.
    package let units: Int
    /// The columns of a unit.
    package let gates: Int

    package init(depth: Int, units: Int, gates: Int) {
      precondition(depth >= 0 && units >= 0 && gates > 0)
      self.depth = depth
      self.units = units
      self.gates = gates
    }

    /// The bytes of packed weights.
    package func byteCount(_ type: FloatType, _ weights: WeightType, variant: KernelVariant = .current) -> Int {
      variant.withKernels(type) { $0.packed_gates_size(units, depth, gates, weights.code) }
    }

    /// Packs weights `[depth, gates * units]`.
    package func pack(
      _ type: FloatType, _ weights: WeightType, from source: UnsafeRawPointer, to packed: UnsafeMutableRawPointer,
      variant: KernelVariant = .current
    ) {
      precondition(type == .f32 || weights == .same, "narrow weights are for arithmetic in f32")
      variant.withKernels(type) { $0.pack_gates(source, units, depth, gates, weights.code, packed) }
    }
  }

  /// Writes the states after a step.
  ///
  /// - Parameters:
  ///   - of: The units that are computed, all unless others do some; begins and ends at multiples of ``unitsOfPart``, or at the last.
  ///   - depth: The extent of h, which for `gru` is `units`.
  ///   - gates: The inputs' share, `[rows, gates * units]`.
  ///   - hidden: h, `[rows, depth]`.
  ///   - bias: What is added to the product, `[gates * units]`; of `gru` only.
  ///   - cell: c, `[rows, units]`; of `lstm` only, as `nextCell`.
  ///   - nextHidden: The new h, or with a projection what is projected, `[rows, units]`. The new states must not overlap the
  ///     old ones.
  package func run(
    _ type: FloatType, rows: Int, units: Int, of part: Range<Int>? = nil, depth: Int, gates: UnsafeRawPointer,
    hidden: UnsafeRawPointer, weights: Weights, bias: UnsafeRawPointer? = nil, cell: UnsafeRawPointer,
    nextCell: UnsafeMutableRawPointer, nextHidden: UnsafeMutableRawPointer, variant: KernelVariant = .current
  ) {
    let part = part ?? 0..<units
    precondition(rows >= 0 && units >= 0 && depth > 0 && part.lowerBound >= 0 && part.upperBound <= units)
    precondition(part.lowerBound.isMultiple(of: GatedStep.unitsOfPart))
    precondition(type == .f32 || weights.type == .same, "narrow weights are for arithmetic in f32")
    switch kind {
    case .lstm:
      precondition(bias == nil, "an lstm adds its biases to the inputs' share")
      var step = nnk_lstm(
        rows: rows, units: units, first: part.lowerBound, end: part.upperBound, depth: depth, gates: gates,
        gates_stride: 4 * units, hidden: hidden, weights: weights.code, cell: cell, next_cell: nextCell,
        next_hidden: nextHidden, gate: gate, candidate: candidate, output: output)
      variant.withKernels(type) { $0.lstm(&step) }
    case .gru:
      precondition(depth == units, "a gru's state has its units")
      var step = nnk_gru(
        rows: rows, units: units, first: part.lowerBound, end: part.upperBound, gates: gates, gates_stride: 3 * units,
        hidden: hidden, weights: weights.code, bias: bias, next_hidden: nextHidden, gate: gate, candidate: candidate)
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
