public import NNFormat
import NNKernels

/// Puts the number of its bin in the place of each element: how many boundaries are not above it.
///
/// | value  | shape | notes                                          |
/// |--------|-------|------------------------------------------------|
/// | input  | any   | f32 or f64                                     |
/// | output | same  | i32, 0 to the number of boundaries             |
///
/// A bin holds its lower boundary: `boundary[i - 1] <= x < boundary[i]` gives i. A NaN counts as above all. Boundaries are rounded to
/// the element type. Keras's other output modes are this layer and `category_encoding` behind it.
///
/// - Source: Keras 3 and Keras 2 `Discretization` with `output_mode` int; NumPy `np.digitize(x, bin_boundaries)`.
public struct Discretization: Layer {
  /// `discretization`
  public static let kind = "discretization"
  /// The settings.
  public static let fields: [Field<Discretization>] = [
    Field("bin_boundaries", \.binBoundaries, "the boundaries between bins, ascending")
  ]

  /// The boundaries between bins, ascending.
  public var binBoundaries: [Finite] = []

  /// A layer of one bin.
  public init() {}

  /// A layer of the given boundaries.
  public init(binBoundaries: [Finite]) {
    self.binBoundaries = binBoundaries
  }

  /// The input's extents.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    let input = try inputs.single(for: Self.kind)
    try input.requireFloat(index: 0)
    for (lower, upper) in zip(binBoundaries, binBoundaries.dropFirst()) where lower.value > upper.value {
      throw ModelError(
        LayerProblem.badSetting(reason: "the boundaries must ascend, found \(upper.value) behind \(lower.value)"),
        at: .field("bin_boundaries"))
    }
    guard Int32(exactly: binBoundaries.count) != nil else {
      throw ModelError(
        LayerProblem.badSetting(reason: "there are more boundaries than i32 can count"), at: .field("bin_boundaries"))
    }
    return [TensorType(.i32, input.shape)]
  }

  /// The numbers of the bins.
  public func forward(_ values: borrowing LayerValues) {
    switch FloatType(values.inputs[0].dataType) {
    case .f32: run(values, Float.self)
    case .f64: run(values, Double.self)
    }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let x = values.elements(of: values.inputs[0], as: type)
    let y = values.mutableElements(of: values.outputs[0], as: Int32.self)
    for index in x.indices {
      // The first boundary above the element, by halving.
      var (low, high) = (0, binBoundaries.count)
      while low < high {
        let middle = low + (high - low) / 2
        if x[index] < Scalar(binBoundaries[middle].value) { high = middle } else { low = middle + 1 }
      }
      y[index] = Int32(truncatingIfNeeded: low)
    }
  }
}
