public import NNFormat
import NNHDF5
import NNNumPy

extension Model {
  /// Writes the model to `path`, whole or not at all. The same model gives the same bytes every time.
  ///
  /// What was written is opened again and compared with the model to the last bit before it takes its name.
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
      if kind == .folder {
        try FolderEncoding.write(self, to: path, replacing: replaces)
        try checkReadsBack(from: path)
        return
      }
      try AtomicFile.write(to: path, replacing: replaces) { (file) throws(ModelError) in
        switch kind {
        case .hdf5:
          let compression = options.gzipLevel.map { HDF5Compression.gzip(level: $0) } ?? .none
          try HDF5Encoding.write(self, to: &file, compression: compression)
        case .json: try JSONEncoding.write(self, values: options.jsonValues, to: &file)
        case .safetensors: try SafetensorsEncoding.write(self, to: &file)
        case .npz: try NPZEncoding.write(self, to: &file)
        case .binary, .folder: try BinaryEncoding.write(self, to: &file)
        }
        try file.flush()
        try checkReadsBack(from: file.libraryPath)
      }
    }
  }

  private func checkReadsBack(from path: String) throws(ModelError) {
    guard try Container.open(path).model == self else { throw ModelError(ContainerProblem.notReproduced) }
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
