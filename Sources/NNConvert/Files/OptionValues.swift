public import NNFormat

extension Tolerance {
  /// The tolerance that a text says: one or more of `ulps=4`, `absolute=1e-6` and `relative=1e-6`, with commas between.
  ///
  /// - Throws: ``ConvertProblem/badTolerance(_:)``.
  public init(text: String) throws(ModelError) {
    self = .exact
    let problem = ModelError(ConvertProblem.badTolerance(text))
    var seen: Set<Substring> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", omittingEmptySubsequences: false)
      guard pair.count == 2, seen.insert(pair[0]).inserted else { throw problem }
      switch pair[0] {
      case "ulps":
        guard let value = Int(pair[1]), value >= 0 else { throw problem }
        ulps = value
      case "absolute", "relative":
        guard let value = Double(pair[1]), value >= 0, value.isFinite else { throw problem }
        if pair[0] == "absolute" { absolute = value } else { relative = value }
      default: throw problem
      }
    }
  }
}

extension ComputedBy {
  /// Who computed, as a text says it: a framework, and after commas its version and the machine.
  public init(text: String) {
    let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    self.init(
      framework: parts[0], version: parts.count > 1 ? parts[1] : "", machine: parts.count > 2 ? parts[2] : "")
  }
}

extension DataType {
  /// The floating-point type of a name.
  ///
  /// - Throws: ``ConvertProblem/badFloatType(_:)``.
  public init(floatName name: String) throws(ModelError) {
    guard let type = DataType(rawValue: name), type.isFloat else {
      throw ModelError(ConvertProblem.badFloatType(name))
    }
    self = type
  }
}
