public import NNFormat

/// Repeats a vector as the steps of a sequence: `y[b, i] = x[b]`.
///
/// | value  | shape              | notes             |
/// |--------|--------------------|-------------------|
/// | input  | `[batch, f]`       | any element type  |
/// | output | `[batch, n, f]`    | same element type |
///
/// - Source: Keras 3 and Keras 2 `RepeatVector`; NumPy `np.repeat(x[:, None], n, 1)`.
public struct RepeatVector: Layer {
  /// `repeat_vector`
  public static let kind = "repeat_vector"
  /// The settings.
  public static let fields: [Field<RepeatVector>] = [Field("n", \.n, "how many steps there are")]

  /// How many steps there are.
  public var n: Positive = 1

  /// The layer of one step.
  public init() {}

  /// The layer of the given number of steps.
  public init(n: Positive) {
    self.n = n
  }

  /// The two extents with the number of steps between them.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireRank(2...2, index: 0)
    return [try TensorType(input.dataType, [input.shape[0], .known(n.value), input.shape[1]]).countable()]
  }

  /// Copies each row several times.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    let row = x.shape[1] * x.dataType.byteSize
    guard row > 0 else { return }
    let source = values.address(of: x)
    var target = values.mutableAddress(of: values.outputs[0])
    for index in 0..<x.shape[0] {
      for _ in 0..<n.value {
        target.copyMemory(from: source + index * row, byteCount: row)
        target += row
      }
    }
  }
}
