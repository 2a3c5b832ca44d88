public import NNFormat
import NNKernels

/// Turns pairs of features by angles that grow with the position: `a' = cos·a - sin·b`, `b' = sin·a + cos·b`.
///
/// | value     | shape                                 | notes                                                        |
/// |-----------|---------------------------------------|--------------------------------------------------------------|
/// | input     | `[N, heads, T, D]` or `[N, T, heads·D]` | f32 or f64; rank 3 needs `num_heads`                       |
/// | positions | `[N, T]`                              | integers, 0 to `max_positions` - 1; may be left out          |
/// | output    | same as the input                     | same element type                                            |
/// | `cosines` | `[max_positions, pairs]`              | of the angles; a head has so many pairs                      |
/// | `sines`   | `[max_positions, pairs]`              |                                                              |
///
/// Without positions step t has position t. The first `rotary_embedding_dim` features of a head are turned (0 for all of them), and
/// the others stay: feature i makes a pair with feature i + pairs, or, where `interleaved`, feature 2i with 2i + 1. The angles are
/// data, as in ONNX: `position / base^(2i / rotary_embedding_dim)` in Su's paper, with base 10000. Products and sums are rounded one by one.
///
/// - Source: ONNX `RotaryEmbedding` (opset 23); Su and others, *RoFormer: Enhanced Transformer with Rotary Position Embedding*, 2021.
public struct RotaryEmbedding: Layer {
  /// `rotary_embedding`
  public static let kind = "rotary_embedding"
  /// The settings.
  public static let fields: [Field<RotaryEmbedding>] = [
    Field("max_positions", \.maxPositions, "how many positions the tables of cosines and sines have"),
    Field(
      "rotary_embedding_dim", \.rotaryEmbeddingDim, default: 0, "how many features of a head are turned; 0 for all"),
    Field("interleaved", \.interleaved, default: false, "whether neighbours make pairs, and not the two halves"),
    Field("num_heads", \.numHeads, default: 0, "how many heads an input of rank 3 has; 0 for an input of rank 4"),
  ]

  /// How many positions the tables have.
  public var maxPositions: Positive = 1
  /// How many features of a head are turned; 0 for all.
  public var rotaryEmbeddingDim = 0
  /// Whether neighbours make pairs, and not the two halves.
  public var interleaved = false
  /// How many heads an input of rank 3 has; 0 for an input of rank 4.
  public var numHeads = 0

  /// The layer for one position.
  public init() {}

  /// A layer of the given settings.
  public init(maxPositions: Positive, rotaryEmbeddingDim: Int = 0, interleaved: Bool = false, numHeads: Int = 0) {
    self.maxPositions = maxPositions
    self.rotaryEmbeddingDim = rotaryEmbeddingDim
    self.interleaved = interleaved
    self.numHeads = numHeads
  }

  /// The tables.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] {
    let (input, turned) = try checked(inputs)
    let type = TensorType(input.dataType, [.known(maxPositions.value), .known(turned / 2)])
    return [Parameter("cosines", type), Parameter("sines", type)]
  }

  /// The input's type.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    [try checked(inputs).input]
  }

  private func checked(_ inputs: [TensorType]) throws(ModelError) -> (input: TensorType, turned: Int) {
    guard let input = inputs.first, inputs.count <= 2 else {
      throw ModelError(
        LayerProblem.inputCount(kind: Self.kind, expected: "one input, and positions", found: inputs.count))
    }
    try input.requireFloat(index: 0)
    guard numHeads >= 0 else { throw bad("there is no negative number of heads, found \(numHeads)", "num_heads") }
    let rank = numHeads == 0 ? 4 : 3
    guard input.rank == rank, let features = input.shape[rank - 1].value else {
      throw ModelError(
        LayerProblem.badInput(index: 0, expected: "of rank \(rank) with a fixed last extent", found: input))
    }
    guard features.isMultiple(of: max(numHeads, 1)) else {
      throw bad("\(numHeads) heads do not divide \(features) features", "num_heads")
    }
    let size = features / max(numHeads, 1)
    let turned = rotaryEmbeddingDim == 0 ? size : rotaryEmbeddingDim
    guard turned >= 0, turned <= size, turned.isMultiple(of: 2) else {
      throw bad(
        "a head has \(size) features, of which an even number can be turned, found \(turned)",
        "rotary_embedding_dim")
    }
    try checkPositions(inputs, [input.shape[0], input.shape[rank == 4 ? 2 : 1]])
    return (input, turned)
  }

  private func checkPositions(_ inputs: [TensorType], _ shape: [Dimension]) throws(ModelError) {
    guard inputs.count == 2 else {
      guard let steps = shape[1].value, steps > maxPositions.value else { return }
      throw bad("the tables have \(maxPositions) positions, and the input \(steps) steps", "max_positions")
    }
    try inputs[1].requireInteger(index: 1)
    guard TensorType.agree(inputs[1].shape, shape) else {
      throw ModelError(
        LayerProblem.badInput(
          index: 1, expected: "\(TensorType(inputs[1].dataType, shape))", found: inputs[1]))
    }
  }

  private func bad(_ reason: String, _ field: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  /// The formula, each step rounded.
  public func forward(_ values: borrowing LayerValues) throws(ModelError) {
    if values.inputs.count == 2 {
      try IntegerElements(values.inputs[1], in: values).require(below: maxPositions.value, input: 1)
    }
    switch FloatType(values.inputs[0].dataType) {
    case .f32: run(values, Float.self)
    case .f64: run(values, Double.self)
    }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let shape = values.inputs[0].shape
    let isSplit = shape.rank == 4
    let steps = isSplit ? shape[2] : shape[1]
    let heads = isSplit ? shape[1] : numHeads
    let size = shape[shape.rank - 1] / (isSplit ? 1 : numHeads)
    let pairs = values.parameters[0].shape[1]
    let x = values.pointer(to: values.inputs[0], as: type)
    let y = values.mutablePointer(to: values.outputs[0], as: type)
    let cosines = values.pointer(to: values.parameters[0], as: type)
    let sines = values.pointer(to: values.parameters[1], as: type)
    let positions = values.inputs.count == 2 ? IntegerElements(values.inputs[1], in: values) : nil
    guard shape.count > 0 else { return }
    for sample in 0..<shape[0] {
      for step in 0..<steps {
        let row = (positions.map { $0[sample * steps + step] ?? 0 } ?? step) * pairs
        for head in 0..<heads {
          let place = isSplit ? (sample * heads + head) * steps + step : (sample * steps + step) * heads + head
          turn(x + place * size, y + place * size, size, pairs, cosines + row, sines + row)
        }
      }
    }
  }

  @inline(__always)
  private func turn<Scalar: ComputingScalar>(
    _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ size: Int, _ pairs: Int,
    _ cosines: UnsafePointer<Scalar>, _ sines: UnsafePointer<Scalar>
  ) {
    let (stride, distance) = interleaved ? (2, 1) : (1, pairs)
    for pair in 0..<pairs {
      let (first, second) = (x[pair * stride], x[pair * stride + distance])
      y[pair * stride] = cosines[pair] * first - sines[pair] * second
      y[pair * stride + distance] = sines[pair] * first + cosines[pair] * second
    }
    for feature in 2 * pairs..<size { y[feature] = x[feature] }
  }
}
