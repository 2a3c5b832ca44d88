package import NNFormat
package import NNKernels

/// A layer with matrices of weights, which may be narrower than the arithmetic, and may be packed in the order in which the kernels
/// read them.
package protocol ProductLayer: Layer {
  /// The parameters that are such matrices, for inputs that the layer accepts.
  func weights(for inputs: [TensorType]) -> [WeightMatrix]
}

extension ProductLayer {
  /// Products with matrices.
  public var roles: LayerRoles { LayerRoles(product: self) }
}

/// A product that can do element-wise steps with its result.
package protocol FusingProductLayer: ProductLayer, FusingLayer {}

extension FusingProductLayer {
  /// Products with matrices, and element-wise steps with their result.
  public var roles: LayerRoles { LayerRoles(threaded: self, fusing: self, product: self) }
}

/// A parameter that is a row-major matrix of weights.
package struct WeightMatrix: Sendable {
  /// Its place among the parameters.
  package let parameter: Int
  /// The columns of all groups, each of which has a scale where the weights are 8-bit integers.
  package let columns: Int
  private let form: Form

  /// What decides how it is packed.
  private enum Form {
    /// So many matrices side by side, each for products with so many rows at once, or an unknown number; from `plentyOfRows` on it
    /// is no longer packed.
    case matrices(groups: Int, rows: Int?, plentyOfRows: Int)
    /// The weights of gates, for so many steps.
    case gates(GatedStep.Packing, steps: Int)
  }

  /// The steps from which packing the weights of gates, which takes about as long as five of them, pays.
  private static let stepsToPack = 32

  /// A matrix.
  ///
  /// - Parameters:
  ///   - groups: The matrices side by side.
  ///   - rows: How many rows are multiplied by it at once; nil where extents are open, or the weights are used as they lie in any case.
  ///   - plentyOfRows: The rows from which on it is no longer packed: a kernel that makes a panel when it needs it takes as long then,
  ///     and neither the memory nor the time to open. By default where panels that are made on the way cost about a twentieth.
  package init(_ parameter: Int, columns: Int, groups: Int = 1, rows: Int? = nil, plentyOfRows: Int = 112) {
    self.parameter = parameter
    self.columns = columns
    form = .matrices(groups: groups, rows: rows, plentyOfRows: plentyOfRows)
  }

  /// The weights by which each of so many steps multiplies a state.
  package init(_ parameter: Int, gates: GatedStep.Packing, steps: Int) {
    self.parameter = parameter
    columns = gates.units * gates.gates
    form = .gates(gates, steps: steps)
  }

  /// How a parameter of `count` elements is packed; nil where it is used as it lies, which a few rows do, too: they read the
  /// weights once.
  package func packing(count: Int) -> WeightPacking? {
    switch form {
    case .gates(let packing, let steps): steps >= WeightMatrix.stepsToPack ? .gates(packing) : nil
    case .matrices(let groups, let rows, let plentyOfRows):
      if let rows, rows > 8, rows < plentyOfRows, columns > 0 {
        .panels(MatrixPacking(depth: count / columns, columns: columns / groups, groups: groups))
      } else {
        nil
      }
    }
  }
}

/// An order in which the kernels read weights.
package enum WeightPacking: Hashable, Sendable {
  /// That of matrix products.
  case panels(MatrixPacking)
  /// That of steps of recurrent layers.
  case gates(GatedStep.Packing)

  /// The bytes of the packed weights.
  package func byteCount(_ type: FloatType, _ weights: WeightType) -> Int {
    switch self {
    case .panels(let packing): packing.byteCount(type, weights)
    case .gates(let packing): packing.byteCount(type, weights)
    }
  }

  /// Packs row-major weights.
  package func pack(
    _ type: FloatType, _ weights: WeightType, from source: UnsafeRawPointer, to packed: UnsafeMutableRawPointer
  ) {
    switch self {
    case .panels(let packing): packing.pack(type, weights, from: source, to: packed)
    case .gates(let packing): packing.pack(type, weights, from: source, to: packed)
    }
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
