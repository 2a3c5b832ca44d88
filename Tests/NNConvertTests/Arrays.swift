import NNFormat
import NNTestSupport

import NNConvert

/// An array of zeros.
func array(_ name: String, _ shape: Shape, _ type: DataType = .f64) -> SourceArray {
  SourceArray(name, Tensor(type, shape) { _ in })
}

/// Arrays whose shapes do not matter.
func arrays(_ names: String) -> [SourceArray] {
  names.split(separator: " ").map { array(String($0), [1]) }
}

/// Layers in words: `name=weights:biases name=weights`, so that a table of them is easy to read.
func words(_ layers: [NamedLayer]) -> String {
  layers.map { layer in
    "\(layer.name)=\(layer.weights.name)" + (layer.biases.map { ":\($0.name)" } ?? "")
  }.joined(separator: " ")
}
