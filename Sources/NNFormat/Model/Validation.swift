extension Model {
  /// Checks everything that holds for every model whatever its layers are: names, references, order, and that parameters and
  /// examples fit the graph. What a kind of layer demands is checked by the layer catalogue.
  ///
  /// - Throws: ``ModelProblem`` with the place.
  public func validate(limits: Limits = .standard) throws(ModelError) {
    try limit(graph.nodes.count, "nodes", limits.nodeCount)
    try limit(storedTensors.count, "tensors", limits.tensorCount)
    try validateGraph(limits)
    try validateParameters(limits)
    var names: Set<String> = []
    for example in examples {
      guard names.insert(example.name).inserted else {
        throw ModelError(ModelProblem.duplicate(what: "examples", example.name))
      }
      try located(.example(example.name)) { () throws(ModelError) in try validate(example, limits) }
    }
  }

  private func limit(_ count: Int, _ what: String, _ limit: Int) throws(ModelError) {
    guard count <= limit else {
      throw ModelError(ModelProblem.tooMany(what: what, count: count, limit: limit))
    }
  }

  private func validateGraph(_ limits: Limits) throws(ModelError) {
    guard !graph.inputs.isEmpty else { throw ModelError(ModelProblem.nothing(what: "graph input")) }
    guard !graph.outputs.isEmpty else { throw ModelError(ModelProblem.nothing(what: "graph output")) }
    var known: Set<String> = []
    for input in graph.inputs {
      try located(.input(input.name)) { () throws(ModelError) in
        try checkName(input.name, colons: false, limits)
        for case .symbol(let symbol) in input.type.shape { try checkName(symbol, colons: true, limits) }
        for case .known(let extent) in input.type.shape where extent < 0 {
          throw ModelError(ModelProblem.negativeExtent(extent))
        }
        guard input.type.rank <= Shape.maximumRank else {
          throw ModelError(ModelProblem.rankTooLarge(input.type.rank))
        }
      }
      guard known.insert(input.name).inserted else {
        throw ModelError(ModelProblem.duplicate(what: "inputs", input.name))
      }
    }
    for node in graph.nodes {
      try located(.node(node.name)) { () throws(ModelError) in
        try checkName(node.name, colons: false, limits)
        try checkName(node.kind, colons: true, limits)
        for input in node.inputs { try check(input, known, usedBy: node) }
      }
      guard known.insert(node.name).inserted else {
        throw ModelError(ModelProblem.duplicate(what: "nodes or inputs", node.name))
      }
    }
    var outputs: Set<String> = []
    for output in graph.outputs {
      try located(.output(output.name)) { () throws(ModelError) in
        try checkName(output.name, colons: true, limits)
        try check(output.value, known, usedBy: nil)
      }
      guard outputs.insert(output.name).inserted else {
        throw ModelError(ModelProblem.duplicate(what: "outputs", output.name))
      }
    }
  }

  private func check(_ value: ValueReference, _ known: Set<String>, usedBy node: Node?) throws(ModelError) {
    guard !known.spells(value.name) else { return }
    guard let node, graph.nodes.contains(where: { $0.name.utf8.elementsEqual(value.name.utf8) })
    else {
      throw ModelError(
        ModelProblem.unknownValue(value.description, nearest: nearest(to: value.name, among: known)))
    }
    if let cycle = cycle(from: node.name, through: value.name) { throw ModelError(ModelProblem.cycle(cycle)) }
    throw ModelError(ModelProblem.laterValue(value.description))
  }

  /// The nodes of a circle that goes from `start` to `next` and back, if there is one.
  private func cycle(from start: String, through next: String) -> [String]? {
    let inputs = Dictionary(graph.nodes.map { ($0.name, $0.inputs.map(\.name)) }) { first, _ in first }
    var previous = [next: start]
    var waiting = [next]
    while let name = waiting.popLast() {
      if name == start {
        var circle = [start]
        var node = previous[start]
        while let current = node, current != start, circle.count <= 16 {
          circle.append(current)
          node = previous[current]
        }
        return (circle + [start]).reversed()
      }
      for input in inputs[name] ?? [] where previous[input] == nil {
        previous[input] = name
        waiting.append(input)
      }
    }
    return nil
  }

  private func validateParameters(_ limits: Limits) throws(ModelError) {
    var used: Set<String> = []
    for node in graph.nodes {
      var roles: Set<String> = []
      try located(.node(node.name)) { () throws(ModelError) in
        for parameter in node.parameters {
          try checkName(parameter.role, colons: false, limits)
          guard !parameter.role.utf8.contains(UInt8(ascii: "/")), parameter.role != ".",
            parameter.role != ".."
          else {
            throw ModelError(
              ModelProblem.badName(parameter.role, reason: "of a parameter has a slash or only points"))
          }
          guard roles.insert(parameter.role).inserted else {
            throw ModelError(ModelProblem.duplicate(what: "parameters", parameter.role))
          }
          guard tensors.tensor(spelled: parameter.tensor) != nil else {
            throw ModelError(
              ModelProblem.missingTensor(
                role: parameter.role, parameter.tensor,
                nearest: nearest(to: parameter.tensor, among: tensors.names)))
          }
          used.insert(parameter.tensor)
        }
      }
    }
    for name in tensors.names {
      try located(.tensor(name)) { () throws(ModelError) in
        try checkName(name, colons: true, limits)
        guard !name.utf8.starts(with: "examples/".utf8) else {
          throw ModelError(
            ModelProblem.badName(
              name, reason: "begins with 'examples/', which is kept for the tensors of examples"))
        }
        guard used.contains(name) else { throw ModelError(ModelProblem.unusedTensor) }
      }
    }
  }

  private func validate(_ example: Example, _ limits: Limits) throws(ModelError) {
    try checkName(example.name, colons: true, limits)
    let inputs = graph.inputs.map(\.name)
    try match(example.inputs.names, inputs, "input")
    try match(example.outputs.names, graph.outputs.map(\.name), "output")
    for input in graph.inputs {
      guard let tensor = example.inputs[input.name] else { continue }
      guard tensor.type.fits(input.type) else {
        throw ModelError(
          ModelProblem.typeMismatch(expected: input.type, found: tensor.type), at: .input(input.name))
      }
    }
    let known = Set(inputs + graph.nodes.map(\.name))
    for name in example.values.names {
      let value = try ValueReference(text: name)
      guard known.spells(value.name) else {
        throw ModelError(ModelProblem.unknownValue(name, nearest: nearest(to: value.name, among: known)))
      }
    }
  }

  private func match(_ found: [String], _ expected: [String], _ what: String) throws(ModelError) {
    let (foundNames, expectedNames) = (Set(found), Set(expected))
    if let name = expected.first(where: { !foundNames.spells($0) }) {
      throw ModelError(ModelProblem.exampleMismatch(what: what, name, isMissing: true))
    }
    if let name = found.first(where: { !expectedNames.spells($0) }) {
      throw ModelError(ModelProblem.exampleMismatch(what: what, name, isMissing: false))
    }
  }

  private func checkName(_ name: String, colons: Bool, _ limits: Limits) throws(ModelError) {
    let reason: String? =
      if name.isEmpty {
        "is empty"
      } else if name.utf8.count > limits.nameLength {
        "has \(name.utf8.count) bytes, more than the \(limits.nameLength) that a name may have"
      } else if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
        "has a control character"
      } else if !colons, name.utf8.contains(UInt8(ascii: ":")) {
        "has a colon, which separates a node's name from the number of an output"
      } else {
        nil
      }
    if let reason { throw ModelError(ModelProblem.badName(name, reason: reason)) }
  }
}

extension TensorType {
  /// Whether a value of this type may stand where `pattern` is declared: same elements, same rank, same fixed extents.
  package func fits(_ pattern: TensorType) -> Bool {
    dataType == pattern.dataType && rank == pattern.rank
      && zip(shape, pattern.shape).allSatisfy { own, wanted in wanted.value == nil || own == wanted }
  }
}
