import NNFormat
import NNKernels

/// A value as samples, positions before the channel axis, groups of channels, and positions behind it: what group and instance
/// normalisation share.
struct ChannelGroups {
  let samples: Int
  let outer: Int
  let groups: Int
  let channels: Int
  let inner: Int

  /// - Precondition: the axis is neither the first nor beyond the last, and the groups divide it.
  init(_ shape: Shape, axis: Axis, groups: Int) {
    let axis = axis.index < 0 ? axis.index + shape.rank : axis.index
    samples = shape[0]
    outer = shape.count(of: 1..<axis)
    self.groups = groups
    channels = shape[axis] / groups
    inner = shape.count(of: axis + 1..<shape.rank)
  }

  /// The elements of one group of one sample.
  var count: Int { outer * channels * inner }

  /// The only input, and the number of its channels.
  static func checked(
    _ inputs: [TensorType], axis: Axis, kind: String
  ) throws(ModelError) -> (input: TensorType, channels: Int) {
    let input = try inputs.single(for: kind)
    try input.requireFloat(index: 0)
    let resolved = try axis.resolved(rank: input.rank)
    guard resolved > 0 else {
      throw ModelError(
        LayerProblem.badSetting(reason: "the first axis counts samples and cannot be that of the channels"),
        at: .field("axis"))
    }
    return (input, try input.fixedExtents(along: [resolved], index: 0)[0])
  }

  /// Normalises each group of each sample; `scratch` holds one group, `y` may be `x`, gamma and beta have a number a channel.
  func normalize<Scalar: ComputingScalar>(
    _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutablePointer<Scalar>,
    epsilon: Scalar, gamma: UnsafePointer<Scalar>?, beta: UnsafePointer<Scalar>?
  ) {
    guard count > 0 else { return }
    let run = channels * inner
    for sample in 0..<samples {
      for group in 0..<groups {
        let first = (sample * outer * groups + group) * run
        for position in 0..<outer {
          (scratch + position * run).update(from: x + first + position * groups * run, count: run)
        }
        let (mean, inverse) = Statistics.moments(of: UnsafePointer(scratch), count: count, epsilon: epsilon)
        for channel in 0..<channels {
          let parameter = group * channels + channel
          let factor = gamma.map { inverse * $0[parameter] } ?? inverse
          let offset = beta.map { -mean * factor + $0[parameter] } ?? -mean * factor
          for position in 0..<outer {
            let start = first + position * groups * run + channel * inner
            for k in start..<start + inner { y[k] = x[k] * factor + offset }
          }
        }
      }
    }
  }
}
