public import NNFormat

/// Cuts elements off at both ends of dimensions.
///
/// | value  | shape                                        | notes             |
/// |--------|----------------------------------------------|-------------------|
/// | input  | `[a, b, ...]`                                | any element type  |
/// | output | each extent less what is cut before and after | same element type |
///
/// There is a pair for each dimension, the batch too, whose pair is mostly `[0, 0]`. An extent may become 0, not less.
///
/// - Source: Keras 3 and Keras 2 `Cropping1D`, `Cropping2D`, `Cropping3D`; ONNX `Pad` with negative pads; NumPy
///   `x[before:-after, ...]`.
public struct Cropping: Layer {
  /// `cropping`
  public static let kind = "cropping"
  /// The settings.
  public static let fields: [Field<Cropping>] = [
    Field("cropping", \.cropping, "for each dimension of the input, how many elements go before and after")
  ]

  /// For each dimension, how many elements go before and after.
  public var cropping: [Margins] = []

  /// The layer of a single value.
  public init() {}

  /// The layer that cuts the given numbers off.
  public init(cropping: [Margins]) {
    self.cropping = cropping
  }

  /// The extents less what is cut.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    var output = try inputs.single(for: Self.kind)
    try cropping.require(rank: output.rank, field: "cropping")
    for (axis, margins) in cropping.enumerated() {
      let total = try margins.total()
      if let extent = output.shape[axis].value, total > extent {
        throw ModelError(
          LayerProblem.badSetting(
            reason:
              "\(margins.before) and \(margins.after) elements cannot be cut from axis \(axis), which has \(extent)"),
          at: .field("cropping"))
      }
      output.shape[axis] = try output.shape[axis].plus(-total)
    }
    return [output]
  }

  /// Room for the dimensions.
  public func scratchSize(for inputs: [TensorType]) -> Int { StridedCopy.scratchSize }

  /// Copies the rows that stay.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    let y = values.outputs[0]
    guard y.shape.count > 0 else { return }
    var copy = StridedCopy(scratch: values.scratch)
    var first = 0
    for axis in 0..<x.shape.rank {
      let stride = x.shape.count(of: axis + 1..<x.shape.rank)
      first += cropping[axis].before * stride
      copy.append(y.shape[axis], stride: stride)
    }
    let size = x.dataType.byteSize
    copy.run(from: values.address(of: x) + first * size, to: values.mutableAddress(of: y), size: size, on: values.crew)
  }
}
