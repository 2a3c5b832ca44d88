import NNFormat
import NNLayers
import NNRuntime

/// The losses of one run: of each output for which there are targets.
struct Evaluations {
  private let all: [Evaluation]

  /// Measures results against files of targets, in the order in which these are given.
  ///
  /// - Throws: ``RunProblem`` if an output is named twice or has no loss, a loss has no targets, or a file does not fit;
  ///   ``LayerProblem`` for a target that is no class.
  init(
    _ files: [NamedPath], _ losses: [NamedLoss], _ outputs: [NamedType], _ results: [String: Tensor], casts: Bool
  ) throws(ModelError) {
    let targets = try Evaluations.targets(files, outputs)
    var named: [String: any LossLayer] = [:]
    var common: (any LossLayer)?
    for loss in losses {
      guard let name = loss.name else {
        guard common == nil else { throw ModelError(RunProblem.lossesWithoutName, at: .option("--loss")) }
        common = loss.layer
        continue
      }
      guard targets.contains(where: { $0.output == name }) else {
        let names = targets.map(\.output)
        throw ModelError(
          RunProblem.lossWithoutTargets(names: names, nearest: nearest(to: name, among: names)),
          at: .option("--loss"), .output(name))
      }
      guard named.updateValue(loss.layer, forKey: name) == nil else {
        throw ModelError(RunProblem.givenTwice(what: "loss"), at: .option("--loss"), .output(name))
      }
    }
    var all: [Evaluation] = []
    for (file, output) in targets {
      guard let loss = named[output] ?? common else {
        throw ModelError(RunProblem.targetsWithoutLoss, at: .file(file.path), .output(output))
      }
      all.append(try Evaluation(loss, file, output, results, casts: casts))
    }
    self.all = all
  }

  private static func targets(
    _ files: [NamedPath], _ outputs: [NamedType]
  ) throws(ModelError) -> [(file: NamedPath, output: String)] {
    var targets: [(file: NamedPath, output: String)] = []
    for file in files {
      let output = try output(file, outputs)
      guard !targets.contains(where: { $0.output == output }) else {
        throw ModelError(RunProblem.givenTwice(what: "target"), at: .file(file.path), .output(output))
      }
      targets.append((file, output))
    }
    return targets
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

  /// The sum of the mean losses, which is what a training with these losses minimizes; nil for a single one.
  private var total: Double? {
    all.count < 2 ? nil : all.dropFirst().reduce(all[0].value) { $0 + $1.value }
  }

  /// The lines for people.
  var text: String {
    all.map(\.text).joined() + (total.map { "total loss: \($0)\n" } ?? "")
  }

  /// The members for a JSON document.
  var members: [(String, JSONValue)] {
    guard !all.isEmpty else { return [] }
    return [("evaluations", .array(all.map(\.json)))]
      + (total.map { [("total_loss", JSONValue(number: $0))] } ?? [])
  }
}
