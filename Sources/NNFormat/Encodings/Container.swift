/// The encodings a model can have in a file.
public enum ContainerKind: String, Sendable, CaseIterable {
  /// The native binary encoding, `.nnm`: mapped into memory, opened in the time its header takes.
  case binary = "nnm"
  /// HDF5, `.h5`: plain datasets for h5py and MATLAB.
  case hdf5 = "h5"
  /// One readable text file, `.json`.
  case json
  /// A safetensors file with the graph in its metadata.
  case safetensors
  /// A folder with `architecture.json` and one `.npy` file a tensor, to be edited in Python.
  case folder
  /// The content of such a folder in one `.npz` archive.
  case npz

  /// The kind by which a file name ends, for choosing how to write; what is read is told by its content alone.
  public init?(pathForWriting path: String) {
    let name = path.split(separator: "/").last ?? ""
    if path.hasSuffix("/") {
      self = .folder
      return
    }
    guard let point = name.lastIndex(of: "."), point != name.startIndex else {
      self = .folder
      return
    }
    switch name[name.index(after: point)...].lowercased() {
    case "nnm": self = .binary
    case "h5", "hdf5": self = .hdf5
    case "json": self = .json
    case "safetensors": self = .safetensors
    case "npz": self = .npz
    default: return nil
    }
  }

  /// The kind in words, for tables and messages.
  public var name: String {
    switch self {
    case .binary: "nnm (native binary)"
    case .hdf5: "HDF5"
    case .json: "JSON"
    case .safetensors: "safetensors"
    case .folder: "folder of .npy files"
    case .npz: "npz archive"
    }
  }
}

/// A file that was opened: the model, and what the file says of itself.
public struct Container: Sendable {
  /// How the file is encoded.
  public let kind: ContainerKind
  /// The version of the format that the file has.
  public let version: FormatVersion
  /// What the model's content digest should be; nil if the file does not say (a JSON file written by hand).
  public let promisedDigest: Digest?
  /// The size of the file in bytes, or of all files of a folder.
  public let fileSize: Int
  /// The model. Its tensors may lie in the mapped file and are not checked against their digests yet; see ``verifyDigests()``.
  public let model: Model
  /// Checks what opening leaves unread for speed: the padding between tensors.
  package let verifyPadding: @Sendable () throws(ModelError) -> Void

  package init(
    kind: ContainerKind, version: FormatVersion, promisedDigest: Digest?, fileSize: Int, model: Model,
    verifyPadding: @escaping @Sendable () throws(ModelError) -> Void = { () throws(ModelError) in }
  ) {
    self.kind = kind
    self.version = version
    self.promisedDigest = promisedDigest
    self.fileSize = fileSize
    self.model = model
    self.verifyPadding = verifyPadding
  }

  /// Reads every byte and checks it against the digests of the file; gives the content digest.
  ///
  /// - Throws: ``ModelProblem/digestMismatch(promised:found:)`` with the tensor that is damaged, and
  ///   ``ContainerProblem/paddingNotZero(_:)``.
  @discardableResult
  public func verifyDigests() throws(ModelError) -> Digest {
    try verifyPadding()
    return try model.contentDigest()
  }
}
