public import NNFormat

/// What a check of a model found: its digests, and each of its worked examples.
public struct VerificationReport: Sendable, Equatable {
  /// The content digest, if every digest of the file is right.
  public internal(set) var digest: Digest?
  /// What is wrong with a digest or the padding; nil if nothing is.
  public internal(set) var digestProblem: ModelError?
  /// Why the model cannot be run at all; nil if it can.
  public internal(set) var networkProblem: ModelError?
  /// The examples, in the order of the model; empty if it has none or cannot be run.
  public internal(set) var examples: [ExampleReport] = []

  /// Whether nothing failed. A model without examples passes if its digests are right and its layers are known.
  public var passes: Bool {
    digestProblem == nil && networkProblem == nil && examples.allSatisfy(\.passes)
  }
}

/// What became of one worked example.
public struct ExampleReport: Sendable, Equatable {
  /// A result and how far it is from the expected one.
  public struct Result: Sendable, Equatable {
    /// The name of the output, or the reference of the inner value.
    public let name: String
    /// The distance.
    public let comparison: Comparison
  }

  /// The example's name.
  public let name: String
  /// Who computed what is expected.
  public let computedBy: ComputedBy
  /// How far results may be from it.
  public let tolerance: Tolerance
  /// The outputs, in the order of the graph.
  public internal(set) var outputs: [Result] = []
  /// The inner values that the example has, in the order in which the graph computes them.
  public internal(set) var values: [Result] = []
  /// Why the example cannot be run or compared; nil if it can.
  public internal(set) var problem: ModelError?

  /// The result that departs first: the earliest inner value that does not pass, or else the first such output.
  public var firstDeparture: Result? {
    (values + outputs).first { !$0.comparison.passes }
  }

  /// Whether every output and every inner value passes.
  public var passes: Bool { problem == nil && firstDeparture == nil }
}
