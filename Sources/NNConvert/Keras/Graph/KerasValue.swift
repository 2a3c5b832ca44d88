import NNFormat

/// A value of the graph that is being made.
struct KerasValue {
  /// Where it comes from.
  var reference: ValueReference
  /// What it is.
  var type: TensorType
  /// The value that says which steps count, if there is one, as Keras carries it along; none or one.
  private var masks: [KerasValue] = []

  init(_ reference: ValueReference, _ type: TensorType) {
    self.reference = reference
    self.type = type
  }

  /// The value that says which steps count.
  var mask: KerasValue? {
    get { masks.first }
    set { masks = newValue.map { [$0] } ?? [] }
  }

  /// An axis counted from the first; nil if there is none such.
  func place(of axis: Int) -> Int? {
    let place = axis < 0 ? axis + type.rank : axis
    return type.shape.indices.contains(place) ? place : nil
  }

  /// The same value with a mask, or without.
  func masked(by mask: KerasValue?) -> KerasValue {
    var value = self
    value.mask = mask
    return value
  }
}

/// A tensor on its way from a Keras file into the model.
struct KerasTensor {
  /// The paths of the arrays that it is made of.
  let sources: [String]
  /// Whether it is in the file, and not made by the conversion.
  let isStored: Bool
  /// What it is now, and what was done to it.
  private(set) var changing: ChangingTensor
  /// A scale for each column, where the elements are whole numbers that products take as they are.
  private(set) var scales: Tensor?

  init(_ array: KerasArray) {
    sources = [array.name]
    isStored = true
    changing = ChangingTensor(array.tensor)
  }

  /// Several arrays joined along an axis.
  init(joining arrays: [KerasTensor], axis: Int, _ why: String) throws(ModelError) {
    guard let first = arrays.first?.changing.tensor, first.shape.dimensions.indices.contains(axis),
      arrays.allSatisfy({ other in
        var (own, others) = (first.shape.dimensions, other.shape.dimensions)
        guard own.count == others.count, other.changing.tensor.dataType == first.dataType else { return false }
        (own[axis], others[axis]) = (0, 0)
        return own == others
      })
    else { throw ModelError(KerasProblem.badConfig(reason: "the weights of its gates have different shapes or types")) }
    sources = arrays.flatMap(\.sources)
    isStored = arrays.contains(where: \.isStored)
    changing = ChangingTensor(try Tensor.joined(arrays.map(\.changing.tensor), axis: axis), [.arranged(why)])
  }

  /// A value that no array of the file holds.
  ///
  /// - Parameter isStored: whether its numbers stand in the file all the same, among the settings
  init(_ tensor: Tensor, madeFrom what: String, isStored: Bool = false) {
    sources = [what]
    self.isStored = isStored
    changing = ChangingTensor(tensor)
  }

  /// The shape.
  var shape: Shape { changing.tensor.shape }

  /// With other extents.
  func reshaped(_ dimensions: [Int]) throws(ModelError) -> KerasTensor {
    var result = self
    try result.changing.reshape(to: try Shape(dimensions))
    return result
  }

  /// With the axes in another order.
  func permuted(_ axes: [Int]) throws(ModelError) -> KerasTensor {
    guard axes.count == shape.rank else {
      throw ModelError(
        KerasProblem.badConfig(
          reason: "the weight '\(sources.joined(separator: ", "))' has \(shape.rank) dimensions, not \(axes.count)"))
    }
    guard axes != Array(axes.indices) else { return self }
    var result = self
    result.changing.replace(try changing.tensor.permuted(axes), .permuted(axes))
    return result
  }

  /// A part along an axis.
  func part(_ range: Range<Int>, axis: Int, _ why: String) throws(ModelError) -> KerasTensor {
    guard shape.dimensions.indices.contains(axis), range.lowerBound >= 0, range.upperBound <= shape[axis] else {
      throw ModelError(
        KerasProblem.badConfig(reason: "the weight '\(sources.joined(separator: ", "))' is of the shape \(shape)"))
    }
    var result = self
    result.changing.replace(try changing.tensor.part(range, axis: axis), .arranged(why))
    return result
  }

  /// With the order turned round along axes.
  func reversed(_ axes: [Int], _ why: String) throws(ModelError) -> KerasTensor {
    guard axes.allSatisfy(shape.dimensions.indices.contains) else {
      throw ModelError(
        KerasProblem.badConfig(reason: "the weight '\(sources.joined(separator: ", "))' is of the shape \(shape)"))
    }
    var result = self
    result.changing.replace(try changing.tensor.reversed(axes), .arranged(why))
    return result
  }

  /// Another tensor in its place.
  func replaced(_ tensor: Tensor, _ why: String) -> KerasTensor {
    var result = self
    result.changing.replace(tensor, .arranged(why))
    return result
  }

  /// With a scale for each column.
  func scaled(by scales: Tensor) -> KerasTensor {
    var result = self
    result.scales = scales
    return result
  }

  /// With each element computed from the old ones, in doubles.
  func mapped(_ type: DataType, _ why: String, _ body: (Int, Double) -> Double) throws(ModelError) -> KerasTensor {
    var result = self
    result.changing.replace(try changing.tensor.mapped(to: type, body), .arranged(why))
    return result
  }
}
