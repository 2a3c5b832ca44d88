import NNConvert
import NNFormat
import NNRuntime
import NNTerminal

/// What narrower weights change of a model's results on its examples, layer by layer and at the outputs.
struct NarrowingReport {
  /// The largest changes of one value over all examples.
  private struct Change {
    var absolute = 0.0
    /// The greatest magnitude that the value had.
    var magnitude = 0.0
    /// The change as a part of that.
    var share: Double { magnitude == 0 ? 0 : absolute / magnitude }
  }

  private let type: NarrowType
  private let narrowed: NarrowedWeights
  private let bytes: (before: Int, after: Int)
  private var nodes: [(name: String, change: Change)] = []
  private var outputs: [(name: String, change: Change)] = []

  /// Runs both models on every example.
  ///
  /// - Throws: what a run throws.
  init(_ original: Model, _ narrowed: NarrowedWeights, _ type: NarrowType) throws(ModelError) {
    self.type = type
    self.narrowed = narrowed
    bytes = (NarrowingReport.size(original), NarrowingReport.size(narrowed.model))
    guard !original.examples.isEmpty else { return }
    let (wide, narrow) = (try Network(original), try Network(narrowed.model))
    for example in original.examples {
      let inputs = Dictionary(uniqueKeysWithValues: example.inputs.entries.map { ($0.name, $0.tensor) })
      let (before, after) = (try wide.trace(inputs), try narrow.trace(inputs))
      for (old, new) in zip(before.values, after.values) {
        try NarrowingReport.note(old.reference.description, old.tensor, new.tensor, in: &nodes)
      }
      for output in wide.outputs {
        guard let old = before.outputs[output.name], let new = after.outputs[output.name] else { continue }
        try NarrowingReport.note(output.name, old, new, in: &outputs)
      }
    }
  }

  private static func size(_ model: Model) -> Int { model.tensors.entries.reduce(0) { $0 + $1.tensor.bytes.count } }

  private static func note(
    _ name: String, _ old: Tensor, _ new: Tensor, in changes: inout [(name: String, change: Change)]
  ) throws(ModelError) {
    guard old.dataType == .f32 else { return }
    let comparison = try Comparison(of: new, with: old)
    let magnitude = old.elements(as: Float.self).reduce(0.0) { max($0, Double($1.magnitude)) }
    let index = changes.firstIndex { $0.name == name } ?? changes.count
    if index == changes.count { changes.append((name, Change())) }
    changes[index].change.absolute = max(changes[index].change.absolute, comparison.maximumAbsolute)
    changes[index].change.magnitude = max(changes[index].change.magnitude, magnitude)
  }

  /// The model whose examples promise no more than was measured: twice the largest change of an output.
  var model: Model {
    var model = narrowed.model
    let largest = outputs.reduce(0) { max($0, $1.change.absolute) }
    for index in model.examples.indices {
      let promised = model.examples[index].tolerance.absolute ?? 0
      model.examples[index].tolerance.absolute = max(promised, 2 * largest)
      // Inner values were promised for the original's weights.
      model.examples[index].values = NamedTensors()
    }
    return model
  }

  /// The lines for people.
  var text: String {
    var table = Table(.name("tensor"), .text("type"), .number("largest error"), .number("relative"), .number("kept"))
    for (name, loss) in narrowed.losses {
      table.add(
        name, type.rawValue, short(loss.maximumAbsoluteError), short(loss.maximumRelativeError),
        "\(loss.exact) of \(loss.count)")
    }
    var text = table.text() + "\nweights: \(grouped(bytes.before)) bytes before, \(grouped(bytes.after)) after\n"
    guard !outputs.isEmpty else {
      return text + "the model has no example on which its results could be compared\n"
    }
    var changes = Table(.name("value"), .number("largest change"), .number("of its greatest magnitude"))
    for (name, change) in nodes + outputs.map({ ("output \($0.name)", $0.change) }) {
      changes.add(name, short(change.absolute), short(change.share))
    }
    text += "\n" + changes.text()
    return text
  }

  private func short(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    let rounded = Double(Float(value))
    var exponent = 0
    var digits = rounded
    while digits >= 10 { (digits, exponent) = (digits / 10, exponent + 1) }
    while digits < 1 { (digits, exponent) = (digits * 10, exponent - 1) }
    if digits >= 9.995 { (digits, exponent) = (1, exponent + 1) }
    return "\((digits * 100).rounded() / 100)e\(exponent)"
  }

  /// The member for a JSON document.
  var json: JSONValue {
    func entries(_ changes: [(name: String, change: Change)]) -> JSONValue {
      .array(
        changes.map {
          [
            "name": .string($0.name), "largest_change": JSONValue(number: $0.change.absolute),
            "greatest_magnitude": JSONValue(number: $0.change.magnitude),
          ]
        })
    }
    return [
      "type": .string(type.rawValue), "bytes_before": JSONValue(bytes.before), "bytes_after": JSONValue(bytes.after),
      "tensors": .array(
        narrowed.losses.map {
          [
            "name": .string($0.tensor), "largest_error": JSONValue(number: $0.loss.maximumAbsoluteError),
            "largest_relative_error": JSONValue(number: $0.loss.maximumRelativeError),
            "exact": JSONValue($0.loss.exact), "count": JSONValue($0.loss.count),
          ]
        }), "values": entries(nodes), "outputs": entries(outputs),
    ]
  }
}
