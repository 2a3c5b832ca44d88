import NNFormat

/// What can be wrong with what `nninfo` is asked for.
enum InfoProblem: Problem {
  /// No input has an open extent of that name.
  case unknownExtent(String, known: [String])

  var category: ProblemCategory { .usage }

  var description: String {
    switch self {
    case .unknownExtent(let name, let known):
      known.isEmpty
        ? "there is no open extent '\(name)': all inputs have fixed shapes"
        : "there is no open extent '\(name)'; the inputs have \(known.map { "'\($0)'" }.joined(separator: ", "))"
    }
  }
}
