public import NNFormat

/// What a conversion did: every array of the source is accounted for.
public struct ConversionReport: Sendable, Equatable {
  /// The model that was read, where the source is one.
  public var input: ModelFile?
  /// The files of arrays that were read.
  public var sources: [Provenance.Source] = []
  /// Each tensor of the model, and the array that it was made of.
  public var mapped: [Mapping] = []
  /// What the source has and the model does not, and why.
  public var ignored: [Ignored] = []
  /// What is worth a look though nothing is wrong with it as such, in words.
  public var warnings: [String] = []
  /// How the source's weights lie, where that had to be found out.
  public var weightsLayout: WeightsLayout?
  /// The worked examples that were added, in order.
  public var examples: [CheckedExample] = []
  /// What was written; nil if nothing was.
  public var output: ModelFile?

  /// A report of nothing yet.
  public init() {}

  /// What a model keeps of the report: its sources, and what was done to each tensor.
  func provenance(tool: String) -> Provenance {
    Provenance(
      sources: sources, tool: tool,
      steps: mapped.map { mapping in
        Provenance.TensorSteps(
          tensor: mapping.tensor, steps: ["read from '\(mapping.array)'"] + mapping.changes.map(\.description))
      })
  }

  /// A tensor of a model, and the array that it was made of.
  public struct Mapping: Sendable, Equatable {
    /// The name of the array in the source.
    public var array: String
    /// The name of the tensor in the model.
    public var tensor: String
    /// The type that the tensor has in the model.
    public var type: TensorType
    /// What was done to it, in order.
    public var changes: [TensorChange]
  }

  /// Something that was left out.
  public struct Ignored: Sendable, Equatable {
    /// The name of an array or file.
    public var name: String
    /// Why it was left out.
    public var reason: String
  }

  /// An example that was added.
  public struct CheckedExample: Sendable, Equatable {
    /// The name of the example in the model.
    public var name: String
    /// What was done to its arrays, by the names under which the model stores them.
    public var changes: [Mapping]
    /// The largest distance of a computed output from the given one; nil if it was not computed.
    public var ulps: Int?

    /// An example.
    public init(name: String, changes: [Mapping] = [], ulps: Int? = nil) {
      self.name = name
      self.changes = changes
      self.ulps = ulps
    }
  }

  /// A model in a file or folder.
  public struct ModelFile: Sendable, Equatable {
    /// Where it is.
    public var path: String
    /// How it is encoded: `nnm`, `h5`, `json`, `safetensors`, `folder`, `npz`.
    public var kind: String
    /// The content digest of the model in it.
    public var digest: Digest

    /// A model in a file.
    public init(path: String, kind: String, digest: Digest) {
      self.path = path
      self.kind = kind
      self.digest = digest
    }
  }
}
