import NNFormat
import NNLayers
import NNRuntime
import NNTerminal

/// How near an output is to its targets: a mean loss and, where there are classes, how many are right.
struct Evaluation {
  private let output: String
  private let kind: String
  /// The mean loss.
  let value: Double
  private let sampleCount: Int
  private let accuracy: Accuracy?

  /// Measures one of the results against a file of targets.
  ///
  /// - Precondition: the output is one of the results.
  /// - Throws: ``RunProblem`` if the file does not fit, ``LayerProblem`` for a target that is no class.
  init(
    _ loss: any LossLayer, _ file: NamedPath, _ name: String, _ results: [String: Tensor], casts: Bool
  ) throws(ModelError) {
    guard let predictions = results[name] else { preconditionFailure("a network gives all of its outputs") }
    let targets = try located(.file(file.path)) { () throws(ModelError) in
      let content = try ArrayFile(file.path)
      let stored = content.names.flatMap { $0.count == 1 ? nil : name }
      return try Evaluation.targets(content, stored, loss, predictions.type, casts: casts)
    }
    (output, kind) = (name, type(of: loss).kind)
    let losses: Tensor
    do throws(ModelError) {
      (losses, value, accuracy) = try loss.measured(predictions, targets)
    } catch {
      guard case .badElement(_, let position, let found, let expected) = error.problem as? LayerProblem else {
        throw error.inside(.file(file.path))
      }
      throw ModelError(
        RunProblem.badTarget(position: position, found: found, expected: expected), at: .file(file.path))
    }
    sampleCount = losses.shape.count
  }

  /// The array as values like the predictions or, where the loss takes such, as the number of a class for each sample.
  private static func targets(
    _ content: ArrayFile, _ name: String?, _ loss: any LossLayer, _ predictions: TensorType, casts: Bool
  ) throws(ModelError) -> Tensor {
    let unfit: ModelError
    do {
      return try content.tensor(name, as: predictions, casts: casts)
    } catch {
      unfit = error
    }
    let classes = TensorType(.i64, Array(predictions.shape.dropLast()))
    guard (try? loss.checkTargets(classes, for: predictions)) != nil else { throw unfit }
    do {
      return try content.tensor(name, as: classes, casts: casts || !content.isFloat(name))
    } catch {
      switch (error.problem as? RunProblem, unfit.problem as? RunProblem) {
      case (.otherShape, .otherShape(_, let found)):
        throw ModelError(RunProblem.otherTargets(expected: predictions, classes: classes, found: found))
      case (.otherShape, _), (.sampleWithoutBatch, _), (.notInFile, _): throw unfit
      default: throw error
      }
    }
  }

  /// The lines for people.
  var text: String {
    let name = printable(output)
    var text = "\(name)  \(kind): \(value) over \(grouped(sampleCount)) \(sampleCount == 1 ? "sample" : "samples")\n"
    if let accuracy {
      text += "\(name)  accuracy: \(accuracy.share), \(grouped(accuracy.correct)) of \(grouped(accuracy.count)) right\n"
    }
    return text
  }

  /// The same for a JSON document.
  var json: JSONValue {
    var object = JSONObject([
      ("output", .string(output)), ("kind", .string(kind)), ("loss", JSONValue(number: value)),
      ("samples", JSONValue(sampleCount)),
    ])
    if let accuracy {
      object["accuracy"] = [
        "share": JSONValue(number: accuracy.share), "correct": JSONValue(accuracy.correct),
        "count": JSONValue(accuracy.count),
      ]
    }
    return .object(object)
  }
}

extension LossLayer {
  /// The loss of each sample, their mean, and how many are right.
  fileprivate func measured(
    _ predictions: Tensor, _ targets: Tensor
  ) throws(ModelError) -> (Tensor, Double, Accuracy?) {
    (
      try perSample(of: predictions, against: targets), try mean(of: predictions, against: targets),
      try accuracy(of: predictions, against: targets)
    )
  }
}
