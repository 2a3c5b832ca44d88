/// Tensors under names, in an order; no name occurs twice.
public struct NamedTensors: Sendable, Equatable {
  /// The names, in order.
  public private(set) var names: [String] = []
  private var tensors: [String: Tensor] = [:]

  /// No tensors.
  public init() {}

  /// The given tensors, in this order.
  ///
  /// - Throws: ``ModelProblem/duplicate(what:_:)`` if a name occurs twice.
  public init(_ entries: some Sequence<(String, Tensor)>) throws(ModelError) {
    for (name, tensor) in entries { try append(name, tensor) }
  }

  /// How many there are.
  public var count: Int { names.count }

  /// Whether there are none.
  public var isEmpty: Bool { names.isEmpty }

  /// Names and tensors, in order.
  public var entries: [(name: String, tensor: Tensor)] {
    names.compactMap { name in tensors[name].map { (name, $0) } }
  }

  /// The tensor of a name: nil where there is none; setting a new one appends it, setting nil removes it.
  public subscript(name: String) -> Tensor? {
    get { tensors[name] }
    set {
      let isKnown = tensors[name] != nil
      tensors[name] = newValue
      if newValue == nil {
        names.removeAll { $0 == name }
      } else if !isKnown {
        names.append(name)
      }
    }
  }

  /// The tensor of a name in exactly this spelling.
  package func tensor(spelled name: String) -> Tensor? { tensors.value(spelled: name) }

  /// Adds a tensor at the end.
  ///
  /// - Throws: ``ModelProblem/duplicate(what:_:)`` if the name is taken.
  public mutating func append(_ name: String, _ tensor: Tensor) throws(ModelError) {
    guard tensors[name] == nil else { throw ModelError(ModelProblem.duplicate(what: "tensors", name)) }
    tensors[name] = tensor
    names.append(name)
  }
}
