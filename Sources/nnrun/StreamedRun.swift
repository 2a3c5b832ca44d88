import NNFormat
import NNNumPy
import NNRuntime
import NNTerminal

/// A run from one `.npy` into another, part by part, in the memory of one part.
struct StreamedRun {
  private let model: String
  private let network: Network
  private let source: NPYFile
  private let input: NamedType
  private let output: NamedType
  private let destination: String
  private let replaces: Bool
  private let rows: Int
  private let printsJSON: Bool

  /// From how many bytes on a file is read in parts without being told to.
  private static let largeByteCount = 64 << 20
  /// The bytes of input, output and workspace of one part, unless a number of samples is given.
  private static let partByteCount = 16 << 20

  /// The run that the command asks for; nil if it is not to be done in parts.
  ///
  /// - Throws: ``RunProblem/cannotBatch(_:)`` if it cannot be done in parts and `--batch` is given.
  init?(_ command: Run, _ network: Network) throws(ModelError) {
    do throws(ModelError) {
      let reason = StreamedRun.obstacle(command, network)
      guard reason == nil else { throw ModelError(RunProblem.cannotBatch(reason ?? "")) }
      let path = command.input[0].path
      input = network.inputs[0]
      guard let first = network.outputs.first(where: { command.output[0].name ?? $0.name == $0.name }) else {
        return nil
      }
      output = first
      source = try NPYFile(path)
      let isLarge = source.shape.count * source.dataType.byteSize >= StreamedRun.largeByteCount
      guard command.batch != nil || isLarge else { return nil }
      guard command.batch != nil || network.isSampleWise else { return nil }
    } catch {
      // What hinders it is no fault where nobody asked for parts; the whole run says what is wrong with the file.
      guard command.batch != nil else { return nil }
      throw error
    }
    model = command.file
    self.network = network
    destination = command.output[0].path
    replaces = command.force
    printsJSON = command.json
    let (shape, found, wanted) = (source.shape, source.dataType, input.type)
    try located(.file(command.input[0].path)) { () throws(ModelError) in
      try ArrayFile.fit(shape, found, wanted, casts: command.cast)
    }
    if let batch = command.batch { rows = batch } else { rows = try StreamedRun.partRows(network, shape) }
  }

  /// What speaks against parts; nil if nothing does.
  private static func obstacle(_ command: Run, _ network: Network) -> String? {
    func endsInNPY(_ path: String) -> Bool { path.lowercased().hasSuffix(".npy") }
    guard network.inputs.count == 1, command.input.count == 1 else { return "the model must have one input" }
    guard command.output.count == 1, endsInNPY(command.output[0].path) else {
      return "the result must go into one .npy file: pass --output FILE.npy"
    }
    guard command.input[0].path != "-" else { return "standard input is read whole" }
    guard command.compare.isEmpty, command.evaluate.isEmpty else {
      return "--compare and --evaluate need the whole result"
    }
    guard command.seed == nil else { return "with --seed the random numbers depend on a sample's place in the whole" }
    guard network.inputs[0].type.shape.first?.value == nil else { return "the model takes a fixed number of samples" }
    return nil
  }

  /// As many rows as keep the memory of a part small.
  private static func partRows(_ network: Network, _ shape: Shape) throws(ModelError) -> Int {
    func size(_ rows: Int) throws(ModelError) -> Int {
      let shape = try Shape([rows] + shape.dimensions.dropFirst())
      let prepared = try network.prepared(for: shape)
      var total = prepared.workspaceSize
      for value in prepared.inputs + prepared.outputs {
        total += (try value.type.knownShape()?.count ?? 0) * value.type.dataType.byteSize
      }
      return total
    }
    // What a sample takes follows from two sizes; a part of one alone may be dominated by what does not grow.
    let (one, many) = (try size(1), try size(65))
    let perSample = max(1, (many - one) / 64)
    return max(1, min(max(1, shape[0]), partByteCount / perSample))
  }

  func run() throws(ModelError) {
    let count = source.shape[0]
    let progress = Progress("computing", total: max(1, count), unit: "samples")
    defer { progress.finish() }
    var type: TensorType?
    try located(.file(destination)) { () throws(ModelError) in
      try AtomicFile.write(to: destination, replacing: replaces) { (file) throws(ModelError) in
        var first = 0
        repeat {
          let end = min(count, first + rows)
          let result = try part(first..<end)
          if type == nil {
            let whole = try Shape([count] + result.shape.dimensions.dropFirst())
            type = TensorType(result.dataType, whole)
            try file.write(NPY.header(result.dataType, whole))
          }
          try file.write(result.bytes)
          progress.advance(by: end - first)
          first = end
        } while first < count
      }
    }
    progress.finish()
    try report(type ?? output.type)
  }

  /// The result for some rows.
  private func part(_ range: Range<Int>) throws(ModelError) -> Tensor {
    let tensor = try source.rows(range)
    let fitting = try ArrayFile.cast(tensor, to: input.type.dataType)
    let results = try located(.file(model)) { () throws(ModelError) in try network([input.name: fitting]) }
    guard let result = results[output.name], result.shape.rank > 0, result.shape[0] == range.count else {
      throw ModelError(RunProblem.cannotBatch("the result has no row for each sample"), at: .output(output.name))
    }
    return result
  }

  private func report(_ type: TensorType) throws(ModelError) {
    guard printsJSON else { return }
    func entry(_ value: NamedType, _ type: TensorType) -> JSONValue {
      .array([
        [
          "name": .string(value.name), "dtype": .string(type.dataType.rawValue),
          "shape": .array(type.shape.map { JSONValue($0.value ?? 0) }),
        ]
      ])
    }
    try StandardOutput.write(
      document: "nnrun", version: 1,
      [
        ("file", .string(model)),
        ("inputs", entry(input, TensorType(input.type.dataType, source.shape))),
        ("outputs", entry(output, type)), ("written", .array([.string(destination)])),
        ("comparisons", .object(JSONObject([]))), ("batch", JSONValue(rows)),
      ])
  }
}
