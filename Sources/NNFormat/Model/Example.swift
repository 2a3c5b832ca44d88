/// A worked example: inputs, and what another implementation computed from them.
///
/// A model carries examples so that any tool can check, for ever, that it still computes what it should.
public struct Example: Sendable, Equatable {
  /// The name, unlike that of any other example of the model.
  public var name: String
  /// A tensor for each input of the graph, under its name.
  public var inputs: NamedTensors
  /// The expected tensor for each output of the graph, under its name.
  public var outputs: NamedTensors
  /// Expected tensors of inner values, under their references (`hidden`, `split:1`), to find the node that departs first.
  public var values: NamedTensors
  /// How far a result may be from the expected one.
  public var tolerance: Tolerance
  /// Who computed the outputs.
  public var computedBy: ComputedBy

  /// An example.
  public init(
    _ name: String, inputs: NamedTensors, outputs: NamedTensors, values: NamedTensors = NamedTensors(),
    tolerance: Tolerance = .exact, computedBy: ComputedBy = ComputedBy()
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.values = values
    self.tolerance = tolerance
    self.computedBy = computedBy
  }
}

/// How far a number may be from the expected one: it passes if any of the bounds that are given holds, or if it is equal.
///
/// Without bounds it must be equal bit for bit, except that any NaN passes for any other and -0 does not pass for 0.
public struct Tolerance: Sendable, Hashable {
  /// The most units in the last place (representable numbers from one to the other).
  public var ulps: Int?
  /// The largest absolute difference.
  public var absolute: Double?
  /// The largest difference as a part of the expected value's magnitude.
  public var relative: Double?

  /// No distance at all.
  public static let exact = Tolerance()

  /// A tolerance of the given bounds.
  public init(ulps: Int? = nil, absolute: Double? = nil, relative: Double? = nil) {
    self.ulps = ulps
    self.absolute = absolute
    self.relative = relative
  }
}

/// Who computed an example's outputs; each part is empty where it is not known.
public struct ComputedBy: Sendable, Hashable {
  /// The library: `numpy`, `keras`.
  public var framework: String
  /// Its version.
  public var version: String
  /// The processor or kind of machine, where results depend on it.
  public var machine: String

  /// A computation by the given library.
  public init(framework: String = "", version: String = "", machine: String = "") {
    self.framework = framework
    self.version = version
    self.machine = machine
  }
}
