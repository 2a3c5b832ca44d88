package import NNFormat

/// A layer whose working memory depends on how many threads share its work.
package protocol ThreadedLayer: Layer {
  /// How many bytes of working memory `forward` needs with so many threads, at least one.
  func scratchSize(for inputs: [TensorType], threads: Int) -> Int
}

extension ThreadedLayer {
  /// Working memory for each thread.
  public var roles: LayerRoles { LayerRoles(threaded: self) }
}
