import NNFormat
import NNHDF5

/// The `model.weights.h5` of a functional model: a tree of objects as they own one another, with numbered arrays.
struct KerasWeightsTree {
  /// Each array, and the tensor that it was made of.
  private(set) var mapped: [ConversionReport.Mapping] = []
  /// How many arrays were made of each tensor.
  private(set) var uses: [String: Int] = [:]
  private var arrays: [(path: String, tensor: Tensor)] = []

  init(_ graph: ExportGraph, order: [Int]) {
    var counts: [String: Int] = [:]
    for layer in order.map({ graph.layers[$0] }) where !layer.isOperation {
      let name = KerasModelWeights.snakeCase(layer.objectName)
      let count = counts[name, default: 0]
      counts[name] = count + 1
      let root = "layers/\(count == 0 ? name : "\(name)_\(count)")"
      var numbers: [String: Int] = [:]
      for weight in layer.weights {
        let number = numbers[weight.owner, default: 0]
        numbers[weight.owner] = number + 1
        let path = "\(root)/\(weight.owner.isEmpty ? "" : "\(weight.owner)/")vars/\(number)"
        arrays.append((path, weight.tensor.tensor))
        guard !weight.name.isEmpty else { continue }
        uses[weight.name, default: 0] += 1
        mapped.append(
          ConversionReport.Mapping(
            array: weight.name, tensor: path, type: weight.tensor.tensor.type, changes: weight.tensor.changes))
      }
    }
  }

  /// The file.
  ///
  /// - Throws: `ContainerProblem/withoutHDF5` in a build without HDF5.
  func contents() throws(ModelError) -> ByteRegion {
    // Keras looks for this group in every file.
    try HDF5Arrays.contents(groups: ["layers", "vars"], arrays)
  }
}
