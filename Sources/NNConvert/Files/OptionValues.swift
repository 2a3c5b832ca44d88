public import NNFormat

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
