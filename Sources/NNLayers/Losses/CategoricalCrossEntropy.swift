public import NNFormat
import NNKernels

/// The cross-entropy of probabilities of n classes: `-sum(t · log(p))` along the last dimension.
///
/// | value   | shape                 | notes                                                          |
/// |---------|-----------------------|----------------------------------------------------------------|
/// | input 0 | `[..., n]`            | predictions, f32 or f64                                        |
/// | input 1 | `[..., n]` or `[...]` | targets: shares of the same element type, or integers, classes |
/// | output  | `[...]`               | same element type                                              |
///
/// An integer target k stands for shares that are 1 at class k and 0 elsewhere. Where label_smoothing is not 0, t is
/// `share · (1 - label_smoothing) + label_smoothing / n`. The logarithm is that of
/// `clip(p / sum(p), epsilon, 1 - epsilon)` of probabilities, and `log_softmax(p)` of logits. A term whose t is 0 counts 0,
/// whatever the prediction is.
///
/// - Source: Keras 3 and Keras 2 `categorical_crossentropy`, `sparse_categorical_crossentropy`; ONNX
///   `SoftmaxCrossEntropyLoss` without weights, reduction `none` (from logits).
public struct CategoricalCrossEntropy: LossLayer {
  /// `categorical_cross_entropy`
  public static let kind = "categorical_cross_entropy"
  /// The settings.
  public static let fields: [Field<CategoricalCrossEntropy>] = [
    Field("from_logits", \.fromLogits, default: false, "whether predictions are logits and not probabilities"),
    Field("label_smoothing", \.labelSmoothing, default: 0.0, "how far targets are moved towards 1/n"),
    Field("epsilon", \.epsilon, default: 1e-7, "how far probabilities are kept from 0 and 1"),
  ]
  /// What becomes of the terms.
  public static let reduction = LossReduction.negatedSum
  /// What the terms need besides their own memory.
  public static let workPerElement = 1

  /// Whether predictions are logits and not probabilities.
  public var fromLogits = false
  /// How far targets are moved towards 1/n.
  public var labelSmoothing: Share = 0.0
  /// How far probabilities are kept from 0 and 1.
  public var epsilon: Share = 1e-7

  /// The loss of probabilities.
  public init() {}

  /// The loss of probabilities or of logits.
  public init(fromLogits: Bool, labelSmoothing: Share = 0.0) {
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  /// The greatest prediction is that of the class.
  public var hit: LossHit? { .greatest }

  /// Demands the predictions' own type, or integers without the last extent.
  public func checkTargets(_ targets: TensorType, for predictions: TensorType) throws(ModelError) {
    let classes = TensorType(targets.dataType, Array(predictions.shape.dropLast()))
    if targets.dataType.isClass {
      if (try? classes.joined(with: targets, index: 1)) != nil { return }
    } else if (try? predictions.joined(with: targets, index: 1)) != nil {
      return
    }
    let integers = TensorType(.i64, classes.shape)
    throw ModelError(
      LayerProblem.badInput(
        index: 1, expected: "like input 0, \(predictions), or integers like \(integers)", found: targets))
  }

  /// Demands that each class is one of the predictions'.
  public func checkElements(_ values: borrowing LayerValues) throws(ModelError) {
    let targets = values.inputs[1]
    guard targets.dataType.isClass else { return }
    let shape = values.inputs[0].shape
    let count = shape[shape.rank - 1]
    let bytes = values.address(of: targets)
    for index in 0..<targets.shape.count {
      let found = ClassNumber.read(bytes, index, targets.dataType)
      guard found >= 0, found < count else {
        throw ModelError(
          LayerProblem.badElement(
            input: 1, position: targets.shape.position(of: index), found: "the class \(found)",
            expected: count == 0 ? "no class, since there are none" : "a class from 0 to \(count - 1)"))
      }
    }
  }

  /// The terms, with the sign that they have before the sum's is changed.
  public func terms<Scalar: LossScalar>(_ part: LossPart<Scalar>) {
    let (p, logarithms) = (part.predictions, part.terms)
    if fromLogits {
      NNKernels.Softmax.run(
        FloatType(Scalar.dataType), outer: part.rows, axis: part.extent, logarithm: true, from: p, to: logarithms)
    } else {
      // The sums stand at the start of the work memory, which is as long as the terms, until they are used.
      guard part.extent > 0 else { return }
      NNKernels.Reduction.sum.run(
        FloatType(Scalar.dataType), outer: part.rows, axis: part.extent, from: p, to: part.work)
      let (low, high) = (Scalar(epsilon.value), Scalar(1 - epsilon.value))
      for row in 0..<part.rows {
        for index in row * part.extent..<(row + 1) * part.extent {
          logarithms[index] = (p[index] / part.work[row]).clipped(low, high)
        }
      }
      part.apply(.logarithm, logarithms, to: logarithms)
    }
    writeTargets(part)
    for index in 0..<part.count {
      let target = part.work[index]
      part.terms[index] = target == 0 ? 0 : target * logarithms[index]
    }
  }

  /// The shares, as numbers and smoothed, into the work memory.
  private func writeTargets<Scalar: LossScalar>(_ part: LossPart<Scalar>) {
    if part.targetType.isClass {
      for index in 0..<part.count { part.work[index] = 0 }
      // Every class lies within its row: `checkElements` has seen them all.
      for row in 0..<part.rows {
        part.work[row * part.extent + ClassNumber.read(part.targets, row, part.targetType)] = 1
      }
    } else {
      for index in 0..<part.count { part.work[index] = part.sameTargets[index] }
    }
    guard labelSmoothing.value != 0 else { return }
    let rest = Scalar(1 - labelSmoothing.value)
    let share = Scalar(labelSmoothing.value) / Scalar(part.extent)
    for index in 0..<part.count { part.work[index] = part.work[index] * rest + share }
  }
}

/// Classes as integers of any width.
enum ClassNumber {
  /// The class at a place; -1 for one that no table can have.
  static func read(_ bytes: UnsafeRawPointer, _ index: Int, _ type: DataType) -> Int {
    func at<Value: FixedWidthInteger>(_: Value.Type) -> Int {
      Int(exactly: bytes.assumingMemoryBound(to: Value.self)[index]) ?? -1
    }
    return switch type {
    case .i8: at(Int8.self)
    case .i16: at(Int16.self)
    case .i32: at(Int32.self)
    case .i64: at(Int64.self)
    case .u8: at(UInt8.self)
    case .u16: at(UInt16.self)
    case .u32: at(UInt32.self)
    case .u64: at(UInt64.self)
    default: -1
    }
  }
}

extension DataType {
  /// Whether elements can be numbers of classes.
  var isClass: Bool { !isFloat && self != .bool }
}
