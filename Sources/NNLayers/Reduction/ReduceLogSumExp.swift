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

  private func run<Scalar: BinaryFloatingPoint & TensorScalar>(_ values: borrowing LayerValues, _ type: Scalar.Type) {
    let x = values.elements(of: values.inputs[0], as: type)
    let y = values.mutableElements(of: values.outputs[0], as: type)
    let kind = FloatType(values.outputs[0].dataType)
    let terms = values.scratch.assumingMemoryBound(to: type)
    let greatest = terms + x.count
    let reduced = reduced(values)
    fold(values, -Scalar.infinity) { $0 > $1 || $0.isNaN ? $0 : $1 }
    for index in y.indices { greatest[index] = y[index].isFinite ? y[index] : 0 }
    let reducesRuns = reduced.reducesRuns
    if x.count > 0 {
      reduced.forEachRun { from, to, count, _ in
        if reducesRuns {
          let base = greatest[to]
          for index in from..<from + count { terms[index] = x[index] - base }
        } else {
          for index in 0..<count { terms[from + index] = x[from + index] - greatest[to + index] }
        }
      }
    }
    Elementwise.exponential.run(kind, from: terms, to: terms, count: x.count)
    sum(values, of: terms)
    guard let base = y.baseAddress else { return }
    Elementwise.logarithm.run(kind, from: base, to: base, count: y.count)
    for index in y.indices { y[index] += greatest[index] }
  }
}
