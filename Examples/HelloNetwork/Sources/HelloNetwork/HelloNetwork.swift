import NNRuntime

/// Loads a model, predicts, prints: `swift run HelloNetwork model.h5`
@main
struct HelloNetwork {
  static func main() throws {
    let path = CommandLine.arguments.dropFirst().first ?? "model.h5"
    let network = try Network(contentsOfFile: path)
    let prediction = try network([[0, 1]])
    for (output, row) in zip(network.outputs, prediction) {
      print("\(output.name) = \(row)")
    }
  }
}
