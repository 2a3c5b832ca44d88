import NNFormat
import NNLayers
import NNRuntime
import NNTerminal

/// How near results are to targets: a mean loss and, where there are classes, how many are right.
struct Evaluation {
  private let output: String
  private let kind: String
  private let value: Double
  private let sampleCount: Int
  private let accuracy: Accuracy?

  /// Measures one of the results against a file of targets.
  ///
  /// - Throws: ``RunProblem`` if the file does not fit, ``LayerProblem`` for a target that is no class.
  init(
    _ loss: any LossLayer, _ file: NamedPath, _ outputs: [NamedType], _ results: [String: Tensor], casts: Bool
  ) throws(ModelError) {
    let name = try Evaluation.output(file, outputs)
    guard let predictions = results[name] else {
      throw ModelError(RunProblem.unknownName(what: "output", names: outputs.map(\.name), nearest: nil))
    }
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

  /// The loss of a text: `huber`, or `huber,delta=2` with settings as JSON has them.
  static func loss(_ text: String) throws(ModelError) -> any LossLayer {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let kinds = LayerCatalog.standard.all.compactMap { $0 as? any LossLayer.Type }
    let name = String(parts[0])
    guard let kind = kinds.first(where: { $0.kind == name }) else {
      let names = kinds.map { $0.kind }
      throw ModelError(
        RunProblem.unknownLoss(name, names: names, nearest: nearest(to: name, among: names)), at: .option("--loss"))
    }
    var fields = JSONObject()
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard pair.count == 2, fields[pair[0]] == nil else {
        throw ModelError(RunProblem.badSetting(String(part)), at: .option("--loss"))
      }
      fields[pair[0]] = (try? JSONReader.value(ByteRegion(Array(pair[1].utf8)))) ?? .string(pair[1])
    }
    do throws(ModelError) {
      return try kind.decoded(from: fields)
    } catch {
      throw ModelError(RunProblem.badLoss("\(error)"), at: .option("--loss"))
    }
  }

  private static func output(_ file: NamedPath, _ outputs: [NamedType]) throws(ModelError) -> String {
    let names = outputs.map(\.name)
    guard let name = file.name else {
      guard let only = names.first, names.count == 1 else {
        throw ModelError(
          RunProblem.nameNeeded(what: "output", names: names, path: file.path), at: .file(file.path))
      }
      return only
    }
    guard names.contains(name) else {
      throw ModelError(
        RunProblem.unknownName(what: "output", names: names, nearest: nearest(to: name, among: names)),
        at: .file(file.path), .output(name))
    }
    return name
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
