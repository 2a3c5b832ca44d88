public import NNFormat
import NNHDF5
import NNNumPy

extension Container {
  /// Opens the model at `path`, whichever encoding it has: the content tells, not the name.
  ///
  /// Header and structure are checked; the tensors' bytes are not read yet where they can stay in the mapped file. See
  /// ``Container/verifyDigests()``.
  ///
  /// - Parameters:
  ///   - path: a file, or a folder of `.npy` files with an `architecture.json`.
  ///   - acceptsEdits: for a folder or `.npz`, whether its digests are passed over, because arrays were edited on purpose.
  ///   - limits: how much is accepted.
  /// - Throws: ``FileProblem``, ``ContainerProblem``, ``JSONProblem`` or ``ModelProblem``, with the file and the place in it.
  public static func open(
    _ path: String, acceptsEdits: Bool = false, limits: Limits = .standard
  ) throws(ModelError) -> Container {
    try located(.file(path)) { () throws(ModelError) in
      if FolderEncoding.matches(path) {
        return try FolderEncoding.read(path, acceptsEdits: acceptsEdits, limits: limits)
      }
      let file = try MappedFile.contents(of: path)
      if ZipArchive.matches(file) {
        let archive = try ZipArchive(file, limits: limits)
        if NPZEncoding.matches(archive) {
          return try NPZEncoding.read(archive, acceptsEdits: acceptsEdits, limits: limits)
        }
      }
      switch try ContainerKind.detect(file) {
      case .hdf5: return try HDF5Encoding.read(path, limits: limits)
      case .json: return try JSONEncoding.read(file, limits: limits)
      case .safetensors: return try SafetensorsEncoding.read(file, limits: limits)
      case .binary, .folder, .npz: return try BinaryEncoding.read(file, limits: limits)
      }
    }
  }
}
