/// Where a model comes from and what was done to it on the way. It is not part of the content digest.
public struct Provenance: Sendable, Equatable {
  /// The files it was made of.
  public var sources: [Source]
  /// The program that made this model, with its version: `nnconvert 1.0`.
  public var tool: String
  /// What was done to tensors on the way: for each name the steps in order, such as `transposed [1, 0]` or `cast f64 to f32`.
  public var steps: [TensorSteps]

  /// A provenance; without arguments, an unknown one.
  public init(sources: [Source] = [], tool: String = "", steps: [TensorSteps] = []) {
    self.sources = sources
    self.tool = tool
    self.steps = steps
  }

  /// Whether nothing is known.
  public var isEmpty: Bool { self == Provenance() }

  /// A file that a model was made of.
  public struct Source: Sendable, Hashable {
    /// The file's name, without its folder.
    public var name: String
    /// The kind of file: `npy`, `npz`, `keras-h5`.
    public var format: String
    /// The digest of the whole file.
    public var digest: Digest

    /// A source.
    public init(name: String, format: String, digest: Digest) {
      self.name = name
      self.format = format
      self.digest = digest
    }
  }

  /// What was done to one tensor.
  public struct TensorSteps: Sendable, Hashable {
    /// The tensor's name in the model.
    public var tensor: String
    /// The steps, in the order in which they were done.
    public var steps: [String]

    /// The steps of a tensor.
    public init(tensor: String, steps: [String]) {
      self.tensor = tensor
      self.steps = steps
    }
  }
}
