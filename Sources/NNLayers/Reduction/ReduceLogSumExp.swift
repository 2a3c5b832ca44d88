public import NNFormat
import NNKernels

/// The logarithm of the sum of exponentials along axes: `y = log(Σ exp(x - m)) + m`.
///
/// | value  | shape                            | notes                               |
/// |--------|----------------------------------|-------------------------------------|
/// | input  | any                              | f32 or f64                          |
/// | output | without the axes, or with 1 there | same element type                  |
///
/// `m` is the greatest element, or 0 where that is not finite. The order of the additions is that of
/// `spec/numerics.md`. Of no elements it is minus infinity.
///
/// - Source: ONNX `ReduceLogSumExp`; SciPy `scipy.special.logsumexp`; Keras 3 `keras.ops.logsumexp`.
public struct ReduceLogSumExp: ReductionLayer {
  /// `reduce_log_sum_exp`
  public static let kind = "reduce_log_sum_exp"
  /// The settings.
  public static let fields: [Field<ReduceLogSumExp>] = reductionFields(\.axes, \.keepdims)
  /// The logarithm and the greatest element may cancel.
  public static let precision = Precision.cancelling(f32: 4, f64: 4)

  /// The axes that are reduced; none stands for all.
  public var axes: [Axis] = []
  /// Whether reduced dimensions stay, with extent 1.
  public var keepdims = false

  /// The layer over all axes.
  public init() {}

  /// The layer of the given settings.
  public init(axes: [Axis], keepdims: Bool = false) {
    self.axes = axes
    self.keepdims = keepdims
  }

  /// Room for the exponentials, and for the greatest elements.
  public func scratchSize(for inputs: [TensorType]) -> Int {
    guard let input = inputs.first, let shape = try? input.knownShape(),
      let output = try? outputs(for: inputs).first?.knownShape()
    else { return 0 }
    let (count, overflow) = shape.count.addingReportingOverflow(output.count)
    let (size, sizeOverflow) = count.multipliedReportingOverflow(by: input.dataType.byteSize)
    return overflow || sizeOverflow ? .max : size
  }

  /// The formula, each step rounded.
  public func forward(_ values: borrowing LayerValues) {
    if values.outputs[0].dataType == .f32 { run(values, Float.self) } else { run(values, Double.self) }
  }

  private func run<Scalar: ComputingScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let input = values.inputs[0]
    let work = LogSumExpUnits(
      reduced: reduced(values), x: values.pointer(to: input, as: type), terms: values.scratch(as: type),
      greatest: values.scratch(as: type, from: input.shape.count),
      y: values.mutablePointer(to: values.outputs[0], as: type))
    values.crew.divide(work, count: work.reduced.units, cost: input.shape.count.multipliedClamped(by: 16))
  }
}

/// The logarithms of the sums of exponentials of a reduction's units.
private struct LogSumExpUnits<Scalar: ComputingScalar>: DividedWork {
  let reduced: Reduced
  let x: UnsafePointer<Scalar>
  let terms: UnsafeMutablePointer<Scalar>
  let greatest: UnsafeMutablePointer<Scalar>
  let y: UnsafeMutablePointer<Scalar>

  func run(_ units: Range<Int>, part: Int) {
    let kind = Scalar.floatType
    let (first, count) = (units.lowerBound * reduced.unitResults, units.count * reduced.unitResults)
    let results = first..<first + count
    FoldedUnits(reduced: reduced, fold: .greatest, x: x, y: y).run(units, part: part)
    for index in results { greatest[index] = y[index].isFinite ? y[index] : 0 }
    let reducesRuns = reduced.reducesRuns
    if reduced.count > 0, count > 0 {
      reduced.forEachRun(of: units) { from, to, count, _ in
        if reducesRuns {
          let base = greatest[to]
          for index in from..<from + count { terms[index] = x[index] - base }
        } else {
          for index in 0..<count { terms[from + index] = x[from + index] - greatest[to + index] }
        }
      }
    }
    let own = terms + units.lowerBound * reduced.unitCount
    Elementwise.exponential.run(kind, from: own, to: own, count: units.count * reduced.unitCount)
    reduced.sum(units, terms, to: y)
    Elementwise.logarithm.run(kind, from: y + first, to: y + first, count: count)
    for index in results { y[index] += greatest[index] }
  }
}
