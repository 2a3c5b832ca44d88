public import NNFormat

/// One kind of computation: its settings, its parameters, its shape rule and its arithmetic, in one type and one file.
///
/// A layer value holds the settings of one node; the tensors stay in the model. To add a kind, write a type in a file of its
/// own and add one line to ``LayerCatalog/standard``; to use a kind of your own, pass `LayerCatalog.standard.adding(...)`.
public protocol Layer: Sendable, Equatable {
  /// The name of the kind in files: snake_case, Keras's name where the layer is Keras's, ONNX's where it is an operator.
  static var kind: String { get }
  /// The settings, in the order in which they are written. They drive reading, writing, checking and documentation.
  static var fields: [Field<Self>] { get }
  /// How near the results are to the definition that the documentation names.
  static var precision: Precision { get }
  /// Whether the output may lie where the first input lies.
  static var aliasing: Aliasing { get }
  /// What else the layer can do. The protocols that refine this one answer it.
  var roles: LayerRoles { get }

  /// A layer with every setting at its default; required ones get their values from a file.
  init()

  /// The tensors that a node of this kind has, for inputs of the given types, in the order in which `forward` gets them.
  ///
  /// - Throws: ``LayerProblem`` if the inputs do not fit.
  func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter]

  /// The types of the outputs, for inputs of the given types. All checks of types are made here: where this succeeds for
  /// fixed extents, `forward` can fail only because of the elements. Open extents give open extents; fixed ones must give fixed ones.
  ///
  /// - Throws: ``LayerProblem`` if the inputs do not fit.
  func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType]

  /// How many bytes of working memory `forward` needs for inputs of the given types.
  func scratchSize(for inputs: [TensorType]) -> Int

  /// The multiplications that are each followed by an addition, for inputs of the given types; nil where extents are open.
  func multiplyAdds(for inputs: [TensorType]) -> Int?

  /// Computes the outputs. It may assume that `outputs(for:)` succeeded, and it does not allocate.
  ///
  /// - Throws: ``LayerProblem/badElement(input:position:found:expected:)`` if an element of an input cannot be used, such as an
  ///   index beyond the end of a table; no other kind of layer fails here.
  func forward(_ values: borrowing LayerValues) throws(ModelError)
}

extension Layer {
  /// None, unless the layer says otherwise.
  public static var fields: [Field<Self>] { [] }
  /// Equal to the definition bit for bit, unless the layer says otherwise.
  public static var precision: Precision { .exact }
  /// The output has memory of its own, unless the layer says otherwise.
  public static var aliasing: Aliasing { .never }
  /// None, unless the layer conforms to a protocol that says otherwise.
  public var roles: LayerRoles { LayerRoles() }
  /// None, unless the layer says otherwise.
  public func parameters(for inputs: [TensorType]) throws(ModelError) -> [Parameter] { [] }
  /// None, unless the layer says otherwise.
  public func scratchSize(for inputs: [TensorType]) -> Int { 0 }
  /// None, unless the layer says otherwise.
  public func multiplyAdds(for inputs: [TensorType]) -> Int? { 0 }
}

/// A tensor that a layer needs.
public struct Parameter: Sendable, Hashable {
  /// What it is to the layer: `weights`, `biases`.
  public let role: String
  /// The type that it must have; its element type is the one in which the layer computes, and the file may hold a narrower one.
  public let type: TensorType

  /// A parameter.
  public init(_ role: String, _ type: TensorType) {
    self.role = role
    self.type = type
  }
}

/// How near a layer's results are to its definition. Distances below the smallest normal number do not count.
public enum Precision: Sendable, Hashable {
  /// The bits that `spec/numerics.md` defines.
  case exact
  /// At most so many units in the last place from the exact result, in f32 and in f64.
  case rounding(f32: Int, f64: Int)
  /// The same where the exact result is 1 or larger; where it is smaller, at most as far from it as so many units in the last
  /// place of 1, since terms of that size cancel each other.
  case cancelling(f32: Int, f64: Int)
}

/// How a layer's first output relates to its first input in memory.
public enum Aliasing: Sendable, Hashable {
  /// The output needs memory of its own.
  case never
  /// The output may be written over the first input, if that has the output's type: `forward` then gets one address for both.
  case inPlace
  /// The output is the input's bytes under the same or another shape; `forward` copies them if it gets two addresses.
  case view
}
