package import NNFormat

/// How a matrix of weights lies in a source.
public enum WeightsLayout: String, Sendable, CaseIterable {
  /// `[in, out]`, for `x @ W`: NumPy examples, Keras, scikit-learn, and this format.
  case inOut = "in-out"
  /// `[out, in]`, for `x @ W.T` or `W @ x`: PyTorch.
  case outIn = "out-in"

  /// The shape in letters, for messages.
  var letters: String { self == .inOut ? "[in, out]" : "[out, in]" }

  private func input(_ weights: SourceArray) -> Int { weights.tensor.shape[self == .inOut ? 0 : 1] }
  private func output(_ weights: SourceArray) -> Int { weights.tensor.shape[self == .inOut ? 1 : 0] }

  /// The one layout in which each layer takes what the one before it gives and has as many biases as outputs.
  ///
  /// - Parameter requested: the layout that the user says; it must fit.
  /// - Throws: ``ConvertProblem`` if no layout fits, or both do and that makes a difference.
  package static func proved(by layers: [NamedLayer], requested: WeightsLayout?) throws(ModelError) -> WeightsLayout {
    let wrong = layers.map(\.weights).filter { $0.tensor.shape.rank != 2 }
    guard wrong.isEmpty else { throw ModelError(ConvertProblem.notMatrices(wrong.map(\.inWords))) }
    let candidates = requested.map { [$0] } ?? allCases
    let faults = candidates.map { $0.fault(in: layers) }
    let fitting = zip(candidates, faults).filter { $0.1 == nil }.map(\.0)
    switch fitting.count {
    case 1: return fitting[0]
    case 0:
      throw ModelError(
        ConvertProblem.brokenChain(zip(candidates, faults).map { "read as \($0.letters), \($1 ?? "")" }))
    default:
      // A matrix of one element is its own transpose.
      if layers.allSatisfy({ $0.weights.tensor.shape == [1, 1] }) { return .inOut }
      throw ModelError(ConvertProblem.bothLayoutsFit(layers.map(\.weights.inWords)))
    }
  }

  /// What does not fit first in this layout.
  private func fault(in layers: [NamedLayer]) -> String? {
    var previous: SourceArray?
    for layer in layers {
      let weights = layer.weights
      if let previous, output(previous) != input(weights) {
        return "\(previous.inWords) gives \(output(previous)) values and \(weights.inWords) takes \(input(weights))"
      }
      if let biases = layer.biases, !allows(biases.tensor.shape, units: output(weights)) {
        return
          "\(weights.inWords) gives \(output(weights)) values and its biases \(biases.inWords) do not have that shape"
      }
      previous = weights
    }
    return nil
  }

  /// Whether biases may have a shape: `[n]` or `[1, n]`, and `[n, 1]` where columns are multiplied from the left.
  private func allows(_ shape: Shape, units: Int) -> Bool {
    shape.dimensions == [units] || shape.dimensions == [1, units]
      || self == .outIn && shape.dimensions == [units, 1]
  }
}
