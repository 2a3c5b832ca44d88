/// What a layer can do beside computing its outputs, for an engine that makes use of it.
///
/// Each protocol that a role stands for fills it in, so that nobody has to cast a layer to a protocol: the first cast of a kind to a
/// protocol searches all conformances of the process.
public struct LayerRoles: Sendable {
  /// The layer, if it applies a function to each element.
  package var elementwise: (any ElementwiseLayer)?
  /// The layer, if the kernels may know its function.
  package var function: (any FunctionLayer)?
  /// The layer, if its working memory depends on the number of threads.
  package var threaded: (any ThreadedLayer)?
  /// The layer, if it can do element-wise steps with its result.
  package var fusing: (any FusingLayer)?
  /// The layer, if it multiplies by matrices of weights.
  package var product: (any ProductLayer)?

  /// None of them.
  public init() {}

  init(
    elementwise: (any ElementwiseLayer)? = nil, function: (any FunctionLayer)? = nil,
    threaded: (any ThreadedLayer)? = nil, fusing: (any FusingLayer)? = nil, product: (any ProductLayer)? = nil
  ) {
    self.elementwise = elementwise
    self.function = function
    self.threaded = threaded
    self.fusing = fusing
    self.product = product
  }
}
