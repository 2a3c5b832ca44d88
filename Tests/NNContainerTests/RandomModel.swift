import NNFormat

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Numbers that follow from a seed (SplitMix64), so that a failure can be seen again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  /// Seeds for a run: those of the environment variable `NNM_SEED`, or fresh ones. A failing test shows its seed.
  static func seeds(_ count: Int) -> [UInt64] {
    if let text = ProcessInfo.processInfo.environment["NNM_SEED"], let seed = UInt64(text) { return [seed] }
    return (0..<count).map { _ in .random(in: 0..<1 << 32) }
  }
}

/// Makes models with everything that a model can have.
struct RandomModel {
  private var generator: SeededGenerator
  private var takenNames: Set<String> = []

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }
  private mutating func chance() -> Bool { Bool.random(using: &generator) }

  private mutating func text() -> String {
    let pieces = ["a", "W", "_", "/", "%", ".", " ", "\"", "\\", "ü", "層", "🧠", "1", "-", "é", "{", "\u{FEFF}"]
    return (0..<number(1..<9)).map { _ in pieces[number(0..<pieces.count)] }.joined()
  }

  private mutating func name() -> String {
    while true {
      let name = text()
      if takenNames.insert(name.lowercased()).inserted { return name }
    }
  }

  private mutating func role() -> String {
    name().replacing("/", with: "|").replacing(".", with: "·")
  }

  private mutating func json(depth: Int = 3) -> JSONValue {
    switch number(0..<(depth == 0 ? 6 : 8)) {
    case 0: return .null
    case 1: return .bool(chance())
    case 2: return JSONValue(Int64(truncatingIfNeeded: generator.next()))
    case 3: return JSONValue(generator.next())
    case 4:
      let value = Double(bitPattern: generator.next())
      return .double(value.isFinite ? value : -0.0)
    case 5: return .string(text() + "\u{0}\n\u{7F}")
    case 6: return .array((0..<number(0..<4)).map { _ in json(depth: depth - 1) })
    default: return .object(object(depth: depth - 1))
    }
  }

  private mutating func object(depth: Int = 2) -> JSONObject {
    JSONObject((0..<number(0..<4)).map { _ in (text(), json(depth: depth)) })
  }

  private mutating func digest() -> NNFormat.Digest {
    NNFormat.Digest(of: Array(text().utf8))
  }

  private mutating func shape() -> [Int] {
    (0..<number(0..<4)).map { _ in number(0..<6) }
  }

  /// A tensor whose bits are random, with special values among them.
  mutating func tensor(_ type: DataType, _ extents: [Int]) throws(ModelError) -> Tensor {
    try .random(type, try Shape(extents), using: &generator)
  }

  mutating func model() throws(ModelError) -> Model {
    var tensors = NamedTensors()
    let types = DataType.allCases
    let inputs = (0..<number(1..<4)).map { _ in
      let extents = (0..<number(0..<4)).map { _ in chance() ? Dimension.known(number(0..<4)) : .symbol(text()) }
      return GraphInput(name(), TensorType(types[number(0..<types.count)], extents))
    }
    var known = inputs.map { ValueReference($0.name) }
    var nodes: [Node] = []
    for _ in 0..<number(0..<6) {
      var node = Node(
        name(), text(), fields: object(), inputs: (0..<number(0..<3)).map { _ in known[number(0..<known.count)] })
      for _ in 0..<number(0..<4) {
        let isTied = chance() && !tensors.isEmpty
        let tensorName = isTied ? tensors.names[number(0..<tensors.count)] : name()
        if !isTied { try tensors.append(tensorName, tensor(types[number(0..<types.count)], shape())) }
        node.parameters.append(NodeParameter(role(), tensorName))
      }
      known.append(ValueReference(node.name, number(0..<3)))
      nodes.append(node)
    }
    let outputs = (0..<number(1..<3)).map { _ in GraphOutput(name(), known[number(0..<known.count)]) }
    var model = Model(
      graph: Graph(inputs: inputs, nodes: nodes, outputs: outputs), tensors: tensors, metadata: object(),
      optional: object())
    for _ in 0..<number(0..<3) { model.examples.append(try example(of: model.graph, known)) }
    if chance() {
      model.provenance = Provenance(
        sources: [.init(name: text(), format: text(), digest: digest())], tool: text(),
        steps: [.init(tensor: text(), steps: [text(), text()])])
    }
    return model
  }

  private mutating func example(of graph: Graph, _ known: [ValueReference]) throws(ModelError) -> Example {
    let types = DataType.allCases
    var example = Example(name(), inputs: NamedTensors(), outputs: NamedTensors())
    for input in graph.inputs {
      let extents = input.type.shape.map { $0.value ?? number(0..<4) }
      try example.inputs.append(input.name, tensor(input.type.dataType, extents))
    }
    for output in graph.outputs {
      try example.outputs.append(output.name, tensor(types[number(0..<types.count)], shape()))
    }
    if chance(), let value = known.last {
      try example.values.append(value.description, tensor(types[number(0..<types.count)], shape()))
    }
    example.tolerance = Tolerance(
      ulps: chance() ? number(0..<9) : nil, absolute: chance() ? 1e-7 : nil, relative: chance() ? .infinity : nil)
    example.computedBy = ComputedBy(framework: text(), version: "1", machine: chance() ? text() : "")
    return example
  }
}

extension Tensor {
  /// A tensor whose bits are random, so that NaNs with payloads occur, with special values among them.
  static func random(
    _ type: DataType, _ shape: Shape, using generator: inout SeededGenerator
  ) throws(ModelError) -> Tensor {
    let specials = SpecialValues.bits(of: type)
    var bytes: [UInt8] = []
    for _ in 0..<shape.count {
      var bits = generator.next()
      if type == .bool { bits &= 1 }
      if let special = specials.randomElement(using: &generator), bits >> 32 & 3 == 0 { bits = special }
      withUnsafeBytes(of: bits.littleEndian) { bytes += $0.prefix(type.byteSize) }
    }
    return try Tensor(type, shape, bytes: ByteRegion(bytes))
  }
}

/// The values of each type that are lost most easily.
enum SpecialValues {
  /// The bits of zeros, the least and greatest numbers, subnormals, infinities, and NaNs: quiet, signalling and with payloads.
  static func bits(of type: DataType) -> [UInt64] {
    switch type {
    case .f16: float(exponentBits: 5, fractionBits: 10)
    case .bf16: float(exponentBits: 8, fractionBits: 7)
    case .f32: float(exponentBits: 8, fractionBits: 23)
    case .f64: float(exponentBits: 11, fractionBits: 52)
    case .bool: [0, 1]
    default: integer(bits: UInt64(type.byteSize) * 8)
    }
  }

  private static func integer(bits: UInt64) -> [UInt64] {
    let all = UInt64.max >> (64 - bits)
    return [0, 1, all, all >> 1, (all >> 1) + 1]
  }

  private static func float(exponentBits: UInt64, fractionBits: UInt64) -> [UInt64] {
    let infinity: UInt64 = ((1 << exponentBits) - 1) << fractionBits
    let sign: UInt64 = 1 << (exponentBits + fractionBits)
    let quiet: UInt64 = 1 << (fractionBits - 1)
    let one: UInt64 = ((1 << (exponentBits - 1)) - 1) << fractionBits
    let positive: [UInt64] = [
      0, 1, (1 << fractionBits) - 1, 1 << fractionBits, one, one + 1, one - 1, infinity - 1, infinity,
      infinity | quiet, infinity | 1, infinity | quiet | 5,
    ]
    return positive + positive.map { $0 | sign }
  }
}
