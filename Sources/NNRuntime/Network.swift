public import NNFormat
public import NNLayers
import Synchronization

/// A trained network that computes.
///
///     let network = try Network(contentsOfFile: "model.h5")
///     let result = try network([[0, 1]])
///     let sample = try network([[0, 1]], seed: 42)
///
/// Any number of tasks may call it at once. The first call with a set of input shapes makes a plan for it; later ones
/// allocate nothing but their results, and calls of a ``PreparedNetwork`` with buffers of the caller nothing at all. The
/// weights are used where they lie in the mapped file. Results have the same bits on every machine, in every batch and on
/// any number of threads (`spec/numerics.md`), and so have samples: they depend on the seed alone.
public final class Network: Sendable {
  /// The model that it computes.
  public let model: Model
  /// The values that a call takes, in the order of the graph.
  public let inputs: [NamedType]
  /// The values that a call gives, in the order of the graph.
  public let outputs: [NamedType]
  /// The graph with the extents that are open.
  let checked: CheckedGraph
  private let options: NetworkOptions
  private let parameters: LoadedParameters
  private let plans: Mutex<PlanCache>

  /// A network of a model in memory.
  ///
  /// - Throws: ``ModelProblem`` if the model is not valid, ``LayerProblem`` if its layers are not known or do not fit together.
  public convenience init(_ model: Model, catalog: LayerCatalog = .standard) throws(ModelError) {
    var options = NetworkOptions()
    options.catalog = catalog
    try self.init(model, options: options)
  }

  /// A network of a model in memory, with options.
  ///
  /// - Throws: ``ModelProblem`` if the model is not valid, ``LayerProblem`` if its layers are not known or do not fit together.
  public convenience init(_ model: Model, options: NetworkOptions) throws(ModelError) {
    try model.validate(limits: options.limits)
    try self.init(validated: model, options: options)
  }

  /// A network of a model that a file's reader or `validate` has accepted.
  init(validated model: Model, options: NetworkOptions) throws(ModelError) {
    checked = try CheckedGraph(model, catalog: options.catalog)
    parameters = try LoadedParameters(checked, model.tensors)
    inputs = checked.inputs.map { NamedType(name: $0.name, type: $0.type) }
    outputs = checked.outputs.map { NamedType(name: $0.name, type: $0.type) }
    plans = Mutex(PlanCache(capacity: options.planCount))
    self.model = model
    self.options = options
  }

  /// What the model says of itself: `name`, `license`, whatever its author gave.
  public var metadata: JSONObject { model.metadata }

  /// Computes a network of one input and one output.
  ///
  /// - Parameter seed: what the random numbers of its stochastic layers come from; without one they give their mean.
  /// - Throws: ``RuntimeProblem`` if it has several, or the tensor does not fit.
  public func callAsFunction(_ tensor: Tensor, seed: UInt64? = nil) throws(ModelError) -> Tensor {
    let input = try onlyInput
    _ = try onlyOutput
    try check(tensor.dataType, for: input)
    return try plan(for: tensor.shape).evaluate(tensor, seed: seed)
  }

  /// Computes the network: a tensor for each input under its name gives one for each output.
  ///
  /// - Parameter seed: what the random numbers of its stochastic layers come from; without one they give their mean.
  /// - Throws: ``RuntimeProblem`` if a name is unknown, an input is missing, or a tensor does not fit.
  public func callAsFunction(
    _ tensors: [String: Tensor], seed: UInt64? = nil
  ) throws(ModelError) -> [String: Tensor] {
    let ordered = try ordered(tensors)
    let results = try plan(for: ordered.map(\.shape)).evaluate(ordered, seed: seed)
    return Dictionary(zip(outputs.map(\.name), results)) { first, _ in first }
  }

  /// Makes the plan for inputs of the given shapes, in the order of ``inputs``, and runs it once on zeros, so that the
  /// weights are in memory and the next call is as fast as the later ones.
  ///
  /// - Throws: ``RuntimeProblem`` if the shapes do not fit.
  public func warmUp(for shapes: Shape...) throws(ModelError) {
    let plan = try plan(forInputs: shapes)
    var zeros: [Tensor] = []
    for input in plan.inputs {
      zeros.append(Tensor(input.dataType, input.shape) { _ in })
    }
    _ = try plan.evaluate(zeros, seed: nil)
  }

  /// The network for inputs of the given shapes, in the order of ``inputs``, to be called on the caller's own buffers.
  ///
  /// - Throws: ``RuntimeProblem`` if the shapes do not fit.
  public func prepared(for shapes: Shape...) throws(ModelError) -> PreparedNetwork {
    PreparedNetwork(try plan(forInputs: shapes))
  }

  /// The same for shapes that stand in an array.
  ///
  /// - Throws: ``RuntimeProblem`` if the shapes do not fit.
  public func prepared(forShapes shapes: [Shape]) throws(ModelError) -> PreparedNetwork {
    PreparedNetwork(try plan(forInputs: shapes))
  }

  /// Computes every value of the graph, for checks: the outputs, and what each node computed on the way.
  ///
  /// - Parameter seed: what the random numbers of its stochastic layers come from; without one they give their mean.
  /// - Throws: as calls do.
  public func trace(_ tensors: [String: Tensor], seed: UInt64? = nil) throws(ModelError) -> Trace {
    let ordered = try ordered(tensors)
    let plan = try Plan(model, options, parameters, shapes: ordered.map(\.shape), keepsValues: true)
    return try plan.trace(ordered, seed: seed)
  }

  // MARK: Inside

  var onlyInput: NamedType {
    get throws(ModelError) {
      guard inputs.count == 1, let input = inputs.first else {
        throw ModelError(RuntimeProblem.severalInputs(inputs.map(\.name)))
      }
      return input
    }
  }

  var onlyOutput: NamedType {
    get throws(ModelError) {
      guard outputs.count == 1, let output = outputs.first else {
        throw ModelError(RuntimeProblem.severalOutputs(outputs.map(\.name)))
      }
      return output
    }
  }

  func check(_ dataType: DataType, for input: NamedType) throws(ModelError) {
    guard dataType == input.type.dataType else {
      throw ModelError(
        RuntimeProblem.wrongDataType(expected: input.type.dataType, found: dataType), at: .input(input.name))
    }
  }

  func plan(for shape: Shape) throws(ModelError) -> Plan {
    if let plan = plans.withLock({ $0.plan(for: shape) }) { return plan }
    return try plan(for: [shape])
  }

  private func plan(for shapes: [Shape]) throws(ModelError) -> Plan {
    if let plan = plans.withLock({ $0.plan(for: shapes) }) { return plan }
    // Made outside of the lock: other shapes need not wait for it.
    let plan = try Plan(model, options, parameters, shapes: shapes)
    return plans.withLock { $0.insert(plan) }
  }

  func plan(forInputs shapes: [Shape]) throws(ModelError) -> Plan {
    guard shapes.count == inputs.count else {
      throw ModelError(
        RuntimeProblem.wrongBufferCount(what: "inputs", expected: inputs.count, found: shapes.count))
    }
    return try plan(for: shapes)
  }

  private func ordered(_ tensors: [String: Tensor]) throws(ModelError) -> [Tensor] {
    var ordered: [Tensor] = []
    for input in inputs {
      guard let tensor = tensors[input.name] else {
        if let unknown = tensors.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } }) {
          throw unknownInput(unknown)
        }
        throw ModelError(RuntimeProblem.missingInput(input.type), at: .input(input.name))
      }
      try check(tensor.dataType, for: input)
      ordered.append(tensor)
    }
    if tensors.count > inputs.count {
      let known = Set(inputs.map(\.name))
      if let unknown = tensors.keys.sorted().first(where: { !known.contains($0) }) {
        throw unknownInput(unknown)
      }
    }
    return ordered
  }

  private func unknownInput(_ name: String) -> ModelError {
    let known = inputs.map(\.name)
    return ModelError(
      RuntimeProblem.unknownInput(known: known, nearest: nearest(to: name, among: known)), at: .input(name))
  }
}
