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

  /// The bytes of working memory with so many threads: a group of elements for each.
  func scratchSize(_ type: DataType, threads: Int) -> Int {
    threadScratchSize(type).multipliedClamped(by: max(1, min(threads, samples.multipliedClamped(by: groups))))
  }

  fileprivate func threadScratchSize(_ type: DataType) -> Int {
    byteCount(count, of: type).roundedUpClamped(to: 64)
  }

  /// Normalises each group of each sample of the only input; gamma and beta have a number a channel.
  func normalize<Scalar: ComputingScalar>(
    _ values: borrowing LayerValues, epsilon: Scalar, gamma: UnsafePointer<Scalar>?, beta: UnsafePointer<Scalar>?
  ) {
    guard count > 0 else { return }
    let work = GroupsOfChannels(
      groups: self, x: values.pointer(to: values.inputs[0], as: Scalar.self),
      y: values.mutablePointer(to: values.outputs[0], as: Scalar.self), scratch: values.scratch, epsilon: epsilon,
      gamma: gamma, beta: beta)
    values.crew.divide(
      work, count: samples * groups, cost: values.inputs[0].shape.count.multipliedClamped(by: Statistics.cost),
      partsPerThread: 1)
  }
}

/// The groups of channels of all samples.
private struct GroupsOfChannels<Scalar: ComputingScalar>: DividedWork {
  let groups: ChannelGroups
  let x: UnsafePointer<Scalar>
  let y: UnsafeMutablePointer<Scalar>
  let scratch: UnsafeMutableRawPointer
  let epsilon: Scalar
  let gamma: UnsafePointer<Scalar>?
  let beta: UnsafePointer<Scalar>?

  func run(_ units: Range<Int>, part: Int) {
    let own = scratch + part * groups.threadScratchSize(Scalar.dataType)
    for unit in units { normalize(unit, own.assumingMemoryBound(to: Scalar.self)) }
  }

  private func normalize(_ unit: Int, _ scratch: UnsafeMutablePointer<Scalar>) {
    let (sample, group) = unit.quotientAndRemainder(dividingBy: groups.groups)
    let (outer, channels, inner) = (groups.outer, groups.channels, groups.inner)
    let run = channels * inner
    let first = (sample * outer * groups.groups + group) * run
    for position in 0..<outer {
      (scratch + position * run).update(from: x + first + position * groups.groups * run, count: run)
    }
    let (mean, inverse) = Statistics.moments(of: UnsafePointer(scratch), count: groups.count, epsilon: epsilon)
    for channel in 0..<channels {
      let parameter = group * channels + channel
      let factor = gamma.map { inverse * $0[parameter] } ?? inverse
      let offset = beta.map { -mean * factor + $0[parameter] } ?? -mean * factor
      for position in 0..<outer {
        let start = first + position * groups.groups * run + channel * inner
        for k in start..<start + inner { y[k] = x[k] * factor + offset }
      }
    }
  }
}
