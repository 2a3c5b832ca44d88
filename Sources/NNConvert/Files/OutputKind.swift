public import NNFormat

/// How a model can be written.
public enum OutputKind: String, Sendable, CaseIterable {
  /// The native binary encoding.
  case nnm
  /// HDF5.
  case h5
  /// One readable text file.
  case json
  /// A safetensors file with the graph in its metadata.
  case safetensors
  /// A folder with `architecture.json` and one `.npy` file a tensor.
  case folder
  /// The same in one `.npz` archive.
  case npz

  /// The kind by which a name ends; a name without an ending, or with a slash at its end, is a folder's.
  ///
  /// - Throws: ``ConvertProblem/unknownOutputKind(_:)`` for any other ending.
  public init(path: String) throws(ModelError) {
    if path.lowercased().hasSuffix(".npz") {
      self = .npz
    } else if let kind = ContainerKind(pathForWriting: path) {
      self.init(kind)
    } else {
      throw ModelError(ConvertProblem.unknownOutputKind(path))
    }
  }

  /// The kind that stands for a container's.
  public init(_ kind: ContainerKind) {
    switch kind {
    case .binary: self = .nnm
    case .hdf5: self = .h5
    case .json: self = .json
    case .safetensors: self = .safetensors
    case .folder: self = .folder
    }
  }

  /// The container's kind; nil for an archive, which is a folder in one file.
  var container: ContainerKind? {
    switch self {
    case .nnm: .binary
    case .h5: .hdf5
    case .json: .json
    case .safetensors: .safetensors
    case .folder: .folder
    case .npz: nil
    }
  }
}
