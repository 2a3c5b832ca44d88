import NNFormat

/// What can be wrong with the arrays that `nnrun` is given, and with where it should write.
enum RunProblem: Problem {
  /// A file holds no arrays in a form that is read.
  case unknownForm
  /// One unnamed array for several values.
  case nameNeeded(what: String, names: [String], path: String)
  /// A name that the network does not have.
  case unknownName(what: String, names: [String], nearest: String?)
  /// Two arrays for one value.
  case givenTwice(what: String)
  /// No array for a value.
  case missing(what: String, name: String, TensorType)
  /// An archive or document does not hold a named array.
  case notInFile(String, names: [String])
  /// Elements of another type.
  case otherType(expected: TensorType, found: TensorType)
  /// One sample where several can be given, without the leading extent.
  case sampleWithoutBatch(expected: TensorType, found: Shape)
  /// Another shape.
  case otherShape(expected: TensorType, found: Shape)
  /// Lists that are not nested evenly.
  case uneven(expected: String, found: String)
  /// A row of a CSV file with more or fewer cells than the first.
  case unevenRow(expected: Int, found: Int)
  /// A cell that is no number.
  case notNumber(String)
  /// A line without cells between others.
  case emptyLine
  /// A CSV file without numbers.
  case noRows
  /// An output whose name ends in no form that is written.
  case unknownEnding
  /// An archive for a single named output.
  case archiveOfOne(name: String)
  /// No kind of loss has this name.
  case unknownLoss(String, names: [String], nearest: String?)
  /// A setting of a loss that is none, or is given twice.
  case badSetting(String)
  /// A setting that the loss does not have, or that has a value of the wrong kind.
  case badLoss(String)
  /// Several losses that serve every output.
  case lossesWithoutName
  /// A loss for an output that is not evaluated.
  case lossWithoutTargets(names: [String], nearest: String?)
  /// Targets for which no loss is given.
  case targetsWithoutLoss
  /// Targets that are neither like the predictions nor classes.
  case otherTargets(expected: TensorType, classes: TensorType, found: Shape)
  /// A run that cannot be done in parts.
  case cannotBatch(String)
  /// A target that no prediction can meet.
  case badTarget(position: [Int], found: String, expected: String)

  var category: ProblemCategory {
    switch self {
    case .nameNeeded, .unknownName, .givenTwice, .missing, .unknownEnding, .archiveOfOne,
      .cannotBatch, .unknownLoss, .badSetting, .badLoss, .lossesWithoutName, .lossWithoutTargets, .targetsWithoutLoss:
      .usage
    default: .malformed
    }
  }

  var description: String {
    switch self {
    case .unknownForm:
      "not an array: it is none of .npy, .npz, JSON and CSV"
    case .nameNeeded(let what, let names, let path):
      "the network has \(names.count) \(what)s (\(RunProblem.list(names))); say which this is: \(names[0])=\(path)"
    case .unknownName(let what, let names, let nearest):
      "the network has no such \(what); "
        + (nearest.map { "did you mean '\($0)'?" } ?? "it has \(RunProblem.list(names))")
    case .givenTwice(let what):
      "is given twice; give each \(what) once"
    case .missing(let what, let name, let type):
      "no file is given for it; pass --\(what) \(name)=FILE with \(type)"
    case .notInFile(let name, let names):
      "has no array '\(name)'; it has \(RunProblem.list(names))"
    case .otherType(let expected, let found):
      "must be \(expected), found \(found); pass --cast to round it to \(expected.dataType.rawValue)"
    case .sampleWithoutBatch(let expected, let found):
      "must be \(expected), found \(found); a single sample has the leading extent too: "
        + "[\((["1"] + found.dimensions.map(String.init)).joined(separator: ", "))]"
    case .otherShape(let expected, let found):
      "must be \(expected), found \(found)"
    case .uneven(let expected, let found):
      "lists must be nested evenly: expected \(expected), found \(found)"
    case .unevenRow(let expected, let found):
      "the row has \(found) cells, the first one \(expected); all must be as long"
    case .notNumber(let text):
      "'\(text)' is no number"
    case .emptyLine:
      "the line is empty; rows must follow one another"
    case .noRows:
      "there are no rows of numbers"
    case .cannotBatch(let reason):
      "the model cannot be run a few samples at a time: \(reason)"
    case .unknownEnding:
      "write to a name that ends in .npy, .npz, .json or .csv"
    case .archiveOfOne(let name):
      "a .npz holds all outputs under their names; leave '\(name)=' away, or name a .npy"
    case .unknownLoss(let name, let names, let nearest):
      "there is no loss '\(name)'; "
        + (nearest.map { "did you mean '\($0)'?" } ?? "there are \(RunProblem.list(names))")
    case .badSetting(let text):
      "'\(text)' must be NAME=VALUE, each name once, as in huber,delta=2"
    case .badLoss(let reason):
      reason
    case .lossesWithoutName:
      "only one loss can serve all outputs; write the others as OUTPUT=LOSS"
    case .lossWithoutTargets(let names, let nearest):
      "there are no targets for this output; "
        + (nearest.map { "did you mean '\($0)'?" } ?? "there are some for \(RunProblem.list(names))")
    case .targetsWithoutLoss:
      "there is no loss for this output; pass --loss with OUTPUT=LOSS, or one for all"
    case .otherTargets(let expected, let classes, let found):
      "must be \(expected) or, for numbers of classes, \(classes); found \(found)"
    case .badTarget(let position, let found, let expected):
      "has \(found) at [\(position.map(String.init).joined(separator: ", "))], where it must be \(expected)"
    }
  }

  private static func list(_ names: [String]) -> String {
    names.map { "'\($0)'" }.joined(separator: ", ")
  }
}
