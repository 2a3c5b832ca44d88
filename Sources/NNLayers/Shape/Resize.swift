public import NNFormat

/// Gives dimensions other extents by interpolating: each output element is a weighted sum of input elements near it.
///
/// | value  | shape                       | notes                                                               |
/// |--------|-----------------------------|---------------------------------------------------------------------|
/// | input  | rank 1 or more              | f32 or f64; any element type with `nearest`; no axis of extent 0    |
/// | output | new extents along the axes  | `sizes`, or the extents times `scales`, rounded down                |
///
/// One of `sizes` and `scales` is given, with an entry for each of `axes`. With n the input's extent, m the output's, s
/// the scale and w = s·n (m / n and m where sizes are given), the output element i lies in the input at
///
/// - `half_pixel`: (i + 1/2) / s - 1/2
/// - `pytorch_half_pixel`: the same, but 0 where w is 1
/// - `half_pixel_symmetric`: n / 2 · (1 - m / w) + (i + 1/2) / s - 1/2
/// - `align_corners`: i · (n - 1) / (w - 1), but 0 where w is 1
/// - `asymmetric`: i / s
///
/// computed in f64 in the order as written, from left to right. `nearest` rounds this as `nearest_mode` says. `linear`
/// weighs the elements on both sides with 1 - r and r, where r is the fraction; `cubic` weighs two on each side with
/// Keys's polynomial of `cubic_coeff_a`. Elements beyond an end are those at the end; with `exclude_outside` their
/// weights are 0, and the others are divided by their sum. With `antialias` and s below 1 the filter of `linear` or `cubic` is
/// 1 / s times as wide: each element at a distance d from the place has the weight that the filter has at d · s, and all are
/// divided by their sum. (Pillow, PyTorch and Keras do this with `exclude_outside`.) The last axis is resized first;
/// `spec/numerics.md` has the order of the additions.
///
/// - Source: ONNX `Resize` of opset 19 without `roi` and `keep_aspect_ratio_policy`; Keras 3 `UpSampling2D` with
///   `interpolation` `bilinear`, `Resizing`, `keras.ops.image.resize`; PyTorch `interpolate`; R. Keys, "Cubic convolution interpolation", 1981.
public struct Resize: Layer {
  /// `resize`
  public static let kind = "resize"
  /// The settings.
  public static let fields: [Field<Resize>] = [
    Field("axes", \.axes, "the axes that are resized; negative ones count from the last, which is -1"),
    Field("sizes", \.sizes, default: [], "for each axis its new extent; none where there are scales"),
    Field("scales", \.scales, default: [], "for each axis the factor of its extent; none where there are sizes"),
    Field("mode", \.mode, default: .nearest, "how many elements count"),
    Field(
      "coordinate_transformation_mode", \.coordinates, default: .halfPixel, "where an output element lies in the input"
    ),
    Field("nearest_mode", \.nearestMode, default: .roundPreferFloor, "which element is the nearest"),
    Field("cubic_coeff_a", \.cubicCoefficient, default: -0.75, "the coefficient of the mode `cubic`"),
    Field(
      "exclude_outside", \.excludeOutside, default: false,
      "whether elements beyond an end have no weight; not with `nearest`"),
    Field(
      "antialias", \.antialias, default: false,
      "whether an axis that shrinks is smoothed by all elements that fall together; not with `nearest`"),
  ]

  /// How many elements count.
  public enum Mode: String, FieldChoice {
    /// The nearest one.
    case nearest
    /// One on each side.
    case linear
    /// Two on each side.
    case cubic
  }

  /// Where an output element lies in the input.
  public enum Coordinates: String, FieldChoice {
    /// The middles of elements are half a step from their edges.
    case halfPixel = "half_pixel"
    /// The same, but the middle where one element comes out.
    case pytorchHalfPixel = "pytorch_half_pixel"
    /// The same, with the middles of input and output in one place.
    case halfPixelSymmetric = "half_pixel_symmetric"
    /// The first and the last elements of both lie in one place.
    case alignCorners = "align_corners"
    /// The first elements of both lie in one place.
    case asymmetric
  }

  /// Which element is the nearest.
  public enum NearestMode: String, FieldChoice {
    /// The nearer one, of two the lower.
    case roundPreferFloor = "round_prefer_floor"
    /// The nearer one, of two the higher.
    case roundPreferCeil = "round_prefer_ceil"
    /// The lower one.
    case floor
    /// The higher one.
    case ceil
  }

  /// The axes that are resized.
  public var axes: [Axis] = []
  /// For each axis its new extent; none where there are scales.
  public var sizes: [Positive] = []
  /// For each axis the factor of its extent; none where there are sizes.
  public var scales: [Scale] = []
  /// How many elements count.
  public var mode = Mode.nearest
  /// Where an output element lies in the input.
  public var coordinates = Coordinates.halfPixel
  /// Which element is the nearest.
  public var nearestMode = NearestMode.roundPreferFloor
  /// The coefficient of the mode `cubic`.
  public var cubicCoefficient: Finite = -0.75
  /// Whether elements beyond an end have no weight.
  public var excludeOutside = false
  /// Whether an axis that shrinks is smoothed by all elements that fall together.
  public var antialias = false

  /// The layer that changes nothing.
  public init() {}

  /// The layer of given sizes.
  public init(axes: [Axis], sizes: [Positive], mode: Mode = .nearest) {
    self.axes = axes
    self.sizes = sizes
    self.mode = mode
  }

  /// The input's extents with the new ones along the axes.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    var output = try inputs.single(for: Self.kind)
    if mode != .nearest { try output.requireFloat(index: 0) }
    if mode == .nearest, excludeOutside { throw refusal("the mode 'nearest' has no weights", "exclude_outside") }
    if mode == .nearest, antialias { throw refusal("the mode 'nearest' has no weights", "antialias") }
    let numbers = try axes.resolved(rank: output.rank)
    guard sizes.isEmpty || scales.isEmpty else { throw refusal("'sizes' are given, too", "scales") }
    let (field, count) = scales.isEmpty ? ("sizes", sizes.count) : ("scales", scales.count)
    guard count == numbers.count else {
      throw refusal("it has \(count) entries, and there are \(numbers.count) axes", field)
    }
    for (entry, axis) in numbers.enumerated() {
      let extent = output.shape[axis].value
      guard extent != 0 else {
        throw ModelError(
          LayerProblem.badInput(index: 0, expected: "of at least one element along axis \(axis)", found: output))
      }
      if scales.isEmpty {
        output.shape[axis] = .known(sizes[entry].value)
      } else if let extent {
        guard let size = Int(exactly: (Double(extent) * scales[entry].value).rounded(.down)) else {
          throw refusal("\(scales[entry].value) times \(extent) is too large", "scales")
        }
        output.shape[axis] = .known(size)
      } else {
        output.shape[axis] = .unknown
      }
    }
    if let from = try inputs[0].knownShape(), let to = try output.countable().knownShape() {
      _ = try Resizing(self, from, to).scratchSize(output.dataType)
    }
    return [output]
  }

  private func refusal(_ reason: String, _ field: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  /// Room for the taps of one axis, and for two values on the way.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let input = inputs.first, let from = try? input.knownShape(),
      let to = try? outputs(for: inputs).first?.knownShape()
    else { return 0 }
    return (try? Resizing(self, from, to).scratchSize(input.dataType)) ?? 0
  }

  /// Resizes one axis after another.
  public func forward(_ values: borrowing LayerValues) {
    let (x, y) = (values.inputs[0], values.outputs[0])
    guard y.shape.count > 0 else { return }
    let source = values.address(of: x)
    let target = values.mutableAddress(of: y)
    let resizing = Resizing(self, x.shape, y.shape)
    switch (x.dataType, x.dataType.byteSize) {
    case (.f32, _): resizing.run(source, target, values, as: Float.self)
    case (.f64, _): resizing.run(source, target, values, as: Double.self)
    case (_, 1): resizing.copy(source, target, values, as: UInt8.self)
    case (_, 2): resizing.copy(source, target, values, as: UInt16.self)
    case (_, 4): resizing.copy(source, target, values, as: UInt32.self)
    default: resizing.copy(source, target, values, as: UInt64.self)
    }
  }
}
