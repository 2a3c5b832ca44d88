public import NNFormat

/// Something that a conversion did to a tensor's values or their order.
public enum TensorChange: Sendable, Equatable, CustomStringConvertible {
  /// Rows and columns were exchanged.
  case transposed
  /// The axes were put in another order: axis `i` is what axis `axes[i]` was.
  case permuted([Int])
  /// Elements were put in another order, joined, cut or computed, for the reason that the text gives.
  case arranged(String)
  /// The shape changed, the elements did not.
  case reshaped(from: Shape, to: Shape)
  /// The element type changed.
  case cast(from: DataType, to: DataType, CastLoss)

  /// The change in words, as provenance keeps it.
  public var description: String {
    switch self {
    case .transposed:
      return "transposed [1, 0]"
    case .permuted(let axes):
      return "axes permuted \(axes)"
    case .arranged(let text):
      return text
    case .reshaped(let from, let to):
      return "reshaped \(from) to \(to)"
    case .cast(let from, let to, let loss):
      let what = "cast \(from.rawValue) to \(to.rawValue)"
      guard !loss.isLossless else { return "\(what), exact" }
      var parts: [String] = []
      if loss.maximumAbsoluteError > 0 {
        parts.append(
          "by up to \(TensorChange.brief(loss.maximumAbsoluteError))"
            + " (relative \(TensorChange.brief(loss.maximumRelativeError)))")
      }
      if loss.overflows > 0 { parts.append("\(loss.overflows) became infinite") }
      if loss.underflows > 0 { parts.append("\(loss.underflows) became zero") }
      return "\(what), \(loss.count - loss.exact) of \(loss.count) values changed: \(parts.joined(separator: ", "))"
    }
  }

  /// A number above zero, rounded to three digits.
  package static func brief(_ value: Double) -> String {
    // A power of ten that leaves three digits before the point; below 1e-300 no such power is a double.
    var scale = 1.0
    while value * scale < 100, scale < 1e300 { scale *= 10 }
    guard value * scale >= 100, value < 1e15 else { return value.description }
    return ((value * scale).rounded() / scale).description
  }
}

/// A tensor on its way from a source into a model, with what was done to it.
struct ChangingTensor {
  private(set) var tensor: Tensor
  private(set) var changes: [TensorChange] = []

  init(_ tensor: Tensor, _ changes: [TensorChange] = []) {
    self.tensor = tensor
    self.changes = changes
  }

  /// Puts another tensor in the place of this one.
  mutating func replace(_ tensor: Tensor, _ change: TensorChange) {
    self.tensor = tensor
    changes.append(change)
  }

  mutating func transpose() throws(ModelError) {
    tensor = try tensor.transposed()
    changes.append(.transposed)
  }

  mutating func reshape(to shape: Shape) throws(ModelError) {
    guard tensor.shape != shape else { return }
    changes.append(.reshaped(from: tensor.shape, to: shape))
    tensor = try tensor.reshaped(shape)
  }

  mutating func cast(to type: DataType) {
    guard tensor.dataType != type else { return }
    let from = tensor.dataType
    let (result, loss) = tensor.cast(to: type)
    tensor = result
    changes.append(.cast(from: from, to: type, loss))
  }
}
