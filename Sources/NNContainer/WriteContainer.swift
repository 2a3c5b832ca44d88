public import NNFormat

extension Model {
  /// Writes the model to `path`, whole or not at all. The same model gives the same bytes every time.
  ///
  /// - Parameters:
  ///   - path: where; an older file stays as it is until the new one is complete and on the disk.
  ///   - kind: the encoding.
  ///   - options: settings of single encodings.
  ///   - replaces: whether what is there already may be replaced.
  /// - Throws: ``FileProblem`` if something is there or the file cannot be written; ``ModelProblem`` if the model is not valid
  ///   or a tensor is not what its file promised.
  public func write(
    to path: String, as kind: ContainerKind, options: WriteOptions = WriteOptions(), replacing replaces: Bool = false
  ) throws(ModelError) {
    try located(.file(path)) { () throws(ModelError) in
      try AtomicFile.write(to: path, replacing: replaces) { (file) throws(ModelError) in
        switch kind {
        case .binary: try BinaryEncoding.write(self, to: &file)
        case .json: try JSONEncoding.write(self, values: options.jsonValues, to: &file)
        case .safetensors: try SafetensorsEncoding.write(self, to: &file)
        case .hdf5, .folder: throw ModelError(ContainerProblem.withoutHDF5)
        }
      }
    }
  }
}

/// Settings of single encodings.
public struct WriteOptions: Sendable, Hashable {
  /// For HDF5: the level of gzip (1 to 9) for datasets, with shuffling; nil stores them as they are, which is much faster and
  /// lets them be mapped.
  public var gzipLevel: Int?
  /// For JSON: whether tensors are lists of numbers or base64.
  public var jsonValues: JSONEncoding.Values

  /// The defaults: no compression, and numbers for tensors of up to 4096 elements.
  public init(gzipLevel: Int? = nil, jsonValues: JSONEncoding.Values = .automatic) {
    self.gzipLevel = gzipLevel
    self.jsonValues = jsonValues
  }
}
