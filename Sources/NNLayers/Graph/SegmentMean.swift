import NNFormat

/// The mean of the rows of each segment: `y[i] = Σ x[r] / n` over the n rows r whose segment is i.
///
/// | value              | shape                 | notes                                                |
/// |--------------------|-----------------------|------------------------------------------------------|
/// | input 0            | `[rows, ...]`         | rank 1 or more, f32 or f64                           |
/// | input 1, segments  | `[rows]`              | i32 or i64, each from 0 to `num_segments - 1`        |
/// | output             | `[num_segments, ...]` | same element type                                    |
///
/// Segments need not be sorted. The sum is that of `segment_sum`; a segment without rows gets 0.
///
/// - Source: TensorFlow `tf.math.unsorted_segment_mean`; PyTorch Geometric `scatter` with `reduce='mean'`.
public struct SegmentMean: SegmentLayer {
  /// `segment_mean`
  public static let kind = "segment_mean"
  /// The settings.
  public static let fields: [Field<SegmentMean>] = [
    Field("num_segments", \.numSegments, "the output's first extent")
  ]
  /// Means.
  public static let reduction = SegmentReduction.mean

  /// The output's first extent.
  public var numSegments: Positive = 1

  /// A layer of one segment.
  public init() {}

  /// A layer of so many segments.
  public init(numSegments: Positive) {
    self.numSegments = numSegments
  }
}
