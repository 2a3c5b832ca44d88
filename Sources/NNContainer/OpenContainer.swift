public import NNFormat

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
      switch try ContainerKind.detect(file) {
      case .binary: return try BinaryEncoding.read(file, limits: limits)
      case .json: return try JSONEncoding.read(file, limits: limits)
      case .safetensors: return try SafetensorsEncoding.read(file, limits: limits)
      case .hdf5, .folder: throw ModelError(ContainerProblem.withoutHDF5)
      }
    }
  }
}
