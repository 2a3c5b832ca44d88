import NNFormat
import NNKernels

/// What a normalisation makes of a group of elements that lie one behind the other.
protocol GroupRule<Scalar> {
  associatedtype Scalar: ComputingScalar
  /// Whether it needs room for as many elements.
  static var usesTerms: Bool { get }
  /// Writes `count` results to `y`, which may be `x`.
  func normalize(
    _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>, count: Int, terms: UnsafeMutablePointer<Scalar>)
}

/// The elements along some axes as one list for each position on the others, some of these lists on each thread: the input where
/// they lie one behind the other, else a copy, which goes back to the output afterwards.
struct GroupsAlongAxes<Rule: GroupRule>: DividedWork {
  private let rule: Rule
  private let axes: AxisSet
  private let shape: Shape
  private let count: Int
  private let x: UnsafePointer<Rule.Scalar>
  private let y: UnsafeMutablePointer<Rule.Scalar>
  private let scratch: UnsafeMutableRawPointer
  private let scratchSize: Int

  /// Writes what the rule makes of the only input's groups to the only output.
  static func run(_ rule: Rule, _ values: borrowing LayerValues, along axes: [Axis]) {
    let input = values.inputs[0]
    let set = AxisSet(axes, rank: input.shape.rank)
    let count = set.count(in: input.shape)
    guard input.shape.count > 0 else { return }
    let size = threadScratchSize(input.shape, set)
    let groups = GroupsAlongAxes(
      rule: rule, axes: set, shape: input.shape, count: count, x: values.pointer(to: input, as: Rule.Scalar.self),
      y: values.mutablePointer(to: values.outputs[0], as: Rule.Scalar.self), scratch: values.scratch,
      scratchSize: size)
    values.crew.divide(
      groups, count: input.shape.count / count, cost: input.shape.count.multipliedClamped(by: Statistics.cost),
      partsPerThread: size == 0 ? 4 : 1)
  }

  /// The bytes of working memory for an input that passed the checks.
  static func scratchSize(_ input: TensorType, _ axes: [Axis], threads: Int) -> Int {
    guard let shape = try? input.knownShape(), shape.count > 0 else { return 0 }
    let set = AxisSet(axes, rank: shape.rank)
    return threadScratchSize(shape, set).multipliedClamped(by: min(threads, shape.count / set.count(in: shape)))
  }

  private static func threadScratchSize(_ shape: Shape, _ axes: AxisSet) -> Int {
    let count = axes.count(in: shape)
    return byteCount(
      Rule.usesTerms ? count : 0, axes.areInnermost(rank: shape.rank) ? 0 : count, of: Rule.Scalar.dataType
    ).roundedUpClamped(to: 64)
  }

  func run(_ groups: Range<Int>, part: Int) {
    let terms = (scratch + part * scratchSize).assumingMemoryBound(to: Rule.Scalar.self)
    guard !axes.areInnermost(rank: shape.rank) else {
      for group in groups { rule.normalize(x + group * count, to: y + group * count, count: count, terms: terms) }
      return
    }
    let copy = terms + (Rule.usesTerms ? count : 0)
    let others = axes.complement(rank: shape.rank)
    for group in groups {
      let start = others.place(of: group, in: shape)
      var filled = 0
      axes.forEachRun(in: shape, from: start) { offset, length in
        (copy + filled).update(from: x + offset, count: length)
        filled += length
      }
      rule.normalize(copy, to: copy, count: count, terms: terms)
      filled = 0
      axes.forEachRun(in: shape, from: start) { offset, length in
        (y + offset).update(from: copy + filled, count: length)
        filled += length
      }
    }
  }
}
