public import NNFormat
import NNHDF5
import NNNumPy

extension Container {
  /// Opens the model at `path`, whichever encoding it has: the content tells, not the name.
  ///
  /// Header and structure are checked; the tensors' bytes are not read yet where they can stay in the mapped file. See
  /// ``Container/verifyDigests()``.
  ///
  /// - Throws: ``FileProblem``, ``ContainerProblem``, ``JSONProblem`` or ``ModelProblem``, with the file and the place in it.
  public static func open(_ path: String, limits: Limits = .standard) throws(ModelError) -> Container {
    try located(.file(path)) { () throws(ModelError) in
      let file = try MappedFile.contents(of: path)
      return try BinaryEncoding.read(file, limits: limits)
    }
  }
}

extension Model {
  /// Writes the model to `path`, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: where; an older file stays as it is until the new one is complete.
  ///   - kind: the encoding; by default the one by which the name ends.
  ///   - options: settings of single encodings.
  ///   - replaces: whether a file that is there already may be replaced.
  /// - Throws: ``FileProblem`` if the file exists or cannot be written; ``ModelProblem`` if the model is not valid.
  public func write(
    to path: String, as kind: ContainerKind, options: WriteOptions = WriteOptions(), replacing replaces: Bool = false
  ) throws(ModelError) {
    try located(.file(path)) { () throws(ModelError) in
      try AtomicFile.write(to: path, replacing: replaces) { (file) throws(ModelError) in
        try BinaryEncoding.write(self, to: &file)
      }
    }
  }
}

/// Settings of single encodings.
public struct WriteOptions: Sendable, Hashable {
  /// For HDF5: the level of gzip (1 to 9) for datasets, with shuffling; nil stores them as they are, which is much faster.
  public var gzipLevel: Int?

  /// The defaults.
  public init(gzipLevel: Int? = nil) {
    self.gzipLevel = gzipLevel
  }
}
