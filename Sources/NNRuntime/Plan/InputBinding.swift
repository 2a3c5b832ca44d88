import NNFormat
import NNLayers

/// The shapes of one call's inputs, checked against the types that the graph declares.
struct InputBinding {
  /// The types with fixed extents, by the inputs' names.
  private(set) var types: [String: TensorType] = [:]

  /// - Throws: ``RuntimeProblem`` with the input, if a shape does not fit the declared one, or if dimensions of one name have
  ///   different extents.
  init(_ inputs: [GraphInput], shapes: [Shape]) throws(ModelError) {
    precondition(inputs.count == shapes.count, "each input has a shape")
    var extents: [String: (extent: Int, input: String)] = [:]
    for (input, shape) in zip(inputs, shapes) {
      let type = input.type
      guard type.rank == shape.rank else {
        throw ModelError(RuntimeProblem.wrongRank(expected: type, found: shape), at: .input(input.name))
      }
      for axis in 0..<shape.rank {
        switch type.shape[axis] {
        case .known(let extent):
          guard extent == shape[axis] else {
            throw ModelError(
              RuntimeProblem.wrongExtent(axis: axis, expected: type, found: shape), at: .input(input.name))
          }
        case .symbol(let symbol):
          let bound = extents[symbol]
          guard bound == nil || bound?.extent == shape[axis] else {
            throw ModelError(
              RuntimeProblem.unequalExtents(
                symbol: symbol, input: bound?.input ?? input.name, expected: bound?.extent ?? 0,
                found: shape[axis]),
              at: .input(input.name))
          }
          if bound == nil { extents[symbol] = (shape[axis], input.name) }
        case .unknown: break
        }
      }
      types[input.name] = TensorType(type.dataType, shape)
    }
  }
}
