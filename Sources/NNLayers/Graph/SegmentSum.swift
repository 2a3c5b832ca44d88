import NNFormat

/// The sum of the rows of each segment: `y[i] = Σ x[r]` over the rows r whose segment is i.
///
/// | value              | shape                 | notes                                                |
/// |--------------------|-----------------------|------------------------------------------------------|
/// | input 0            | `[rows, ...]`         | rank 1 or more, f32 or f64                           |
/// | input 1, segments  | `[rows]`              | i32 or i64, each from 0 to `num_segments - 1`        |
/// | output             | `[num_segments, ...]` | same element type                                    |
///
/// Segments need not be sorted. A sum begins with +0, to which the rows are added in order; a segment without rows gets +0.
///
/// - Source: Keras 3 `keras.ops.segment_sum` with `num_segments`; TensorFlow `tf.math.unsorted_segment_sum`; NumPy `np.add.at(zeros, segments, x)`.
public struct SegmentSum: SegmentLayer {
  /// `segment_sum`
  public static let kind = "segment_sum"
  /// The settings.
  public static let fields: [Field<SegmentSum>] = [
    Field("num_segments", \.numSegments, "the output's first extent")
  ]
  /// Sums.
  public static let reduction = SegmentReduction.sum

  /// The output's first extent.
  public var numSegments: Positive = 1

  /// A layer of one segment.
  public init() {}

  /// A layer of so many segments.
  public init(numSegments: Positive) {
    self.numSegments = numSegments
  }
}
