import NNFormat

/// The greatest elements of the rows of each segment: `y[i] = max x[r]` over the rows r whose segment is i.
///
/// | value              | shape                 | notes                                                |
/// |--------------------|-----------------------|------------------------------------------------------|
/// | input 0            | `[rows, ...]`         | rank 1 or more, f32 or f64                           |
/// | input 1, segments  | `[rows]`              | i32 or i64, each from 0 to `num_segments - 1`        |
/// | output             | `[num_segments, ...]` | same element type                                    |
///
/// Segments need not be sorted. Rows are compared in order by `max` of `spec/numerics.md`, so a NaN stays; a segment without rows gets -infinity (in
/// TensorFlow the least finite number).
///
/// - Source: Keras 3 `keras.ops.segment_max` on JAX with `num_segments`; NumPy `np.maximum.at(np.full(shape, -np.inf), segments, x)`.
public struct SegmentMax: SegmentLayer {
  /// `segment_max`
  public static let kind = "segment_max"
  /// The settings.
  public static let fields: [Field<SegmentMax>] = [
    Field("num_segments", \.numSegments, "the output's first extent")
  ]
  /// Maxima.
  public static let reduction = SegmentReduction.max

  /// The output's first extent.
  public var numSegments: Positive = 1

  /// A layer of one segment.
  public init() {}

  /// A layer of so many segments.
  public init(numSegments: Positive) {
    self.numSegments = numSegments
  }
}
