public import NNFormat
import NNLayers

/// The activations of a network's layers, as a user lists them: `sigmoid` for all layers, or one for each:
/// `relu,leaky_relu(negative_slope=0.2),softmax`.
public struct Activations: Sendable, Equatable {
  /// One activation, or one for each layer.
  package let list: [Activation]

  /// A kind of the layer catalogue with its settings; `linear` stands for none.
  package struct Activation: Sendable, Equatable {
    package var kind: String
    package var fields: JSONObject
    package var isIdentity: Bool { kind == "linear" }
  }

  /// The activations that a text lists.
  ///
  /// - Throws: ``ConvertProblem/unknownActivations(_:)`` with all that the catalogue does not have;
  ///   ``ConvertProblem/badActivation(_:reason:)`` also for unknown, missing or wrong settings.
  public init(_ text: String) throws(ModelError) {
    var list: [Activation] = []
    var unknown: [(name: String, nearest: String?)] = []
    let known = Activations.kinds
    for item in try Activations.items(text) {
      let (kind, settings) = try Activations.parts(item)
      guard known.contains(kind) else {
        unknown.append((kind, nearest(to: kind, among: known)))
        continue
      }
      var fields = JSONObject()
      for setting in settings {
        let pair = setting.splits(at: "=").first
        guard let (name, value) = pair.map({ ($0.trimmingSpaces, $1.trimmingSpaces) }), !name.isEmpty, !value.isEmpty
        else {
          throw ModelError(ConvertProblem.badActivation(item, reason: "'\(setting)' is not NAME=VALUE"))
        }
        guard fields.append(name, (try? JSONReader.value(value)) ?? .string(value)) else {
          throw ModelError(ConvertProblem.badActivation(item, reason: "'\(name)' is given twice"))
        }
      }
      do {
        _ = try LayerCatalog.standard.layer(for: Node(kind, kind, fields: fields, inputs: []))
      } catch {
        throw ModelError(ConvertProblem.badActivation(item, reason: error.description))
      }
      list.append(Activation(kind: kind, fields: fields))
    }
    guard unknown.isEmpty else {
      throw ModelError(
        ConvertProblem.unknownActivations(
          unknown.map { "'\($0.name)'" + ($0.nearest.map { " (did you mean '\($0)'?)" } ?? "") }, known: known))
    }
    self.list = list
  }

  /// The activation of each of `count` layers.
  package func spread(over count: Int) throws(ModelError) -> [Activation] {
    if list.count == 1 { return Array(repeating: list[0], count: count) }
    guard list.count == count else {
      throw ModelError(ConvertProblem.activationCount(found: list.count, layers: count))
    }
    return list
  }

  /// The kinds of the catalogue that can be activations: functions of each element, and the shares along an axis.
  package static let kinds: [String] = LayerCatalog.standard.all.filter { type in
    type is any ElementwiseLayer.Type || type == Linear.self || type == Softmax.self || type == LogSoftmax.self
  }.map { $0.kind }

  /// Splits at commas outside of brackets.
  private static func items(_ text: String) throws(ModelError) -> [String] {
    let items = text.items(bracketedBy: "(", ")").map(\.trimmingSpaces)
    guard !items.contains("") else {
      throw ModelError(ConvertProblem.badActivation(text, reason: "an entry of the list is empty"))
    }
    return items
  }

  /// Splits `kind(a=1, b=2)` into the kind and its settings.
  private static func parts(_ item: String) throws(ModelError) -> (kind: String, settings: [String]) {
    guard let open = item.firstIndex(of: "(") else { return (item, []) }
    guard item.last == ")" else {
      throw ModelError(ConvertProblem.badActivation(item, reason: "a closing bracket is missing"))
    }
    let inner = item[item.index(after: open)...].dropLast()
    let settings = inner.split(separator: ",").map { String($0).trimmingSpaces }
    return (String(item[..<open]).trimmingSpaces, settings)
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    var rest = self[...].drop { $0 == " " }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
