public import NNFormat

extension Tensor {
  /// The array of a `.npy` file, given as the bytes of the file.
  ///
  ///     let weights = try Tensor(npy: ByteRegion(bytes))
  ///
  /// All versions of the format, both byte orders and both memory orders are read; the tensor is row-major and
  /// little-endian always. An array that is so already is not copied.
  ///
  /// - Parameters:
  ///   - file: the bytes of the file.
  ///   - voidAsBFloat16: whether elements of the type `V2` (two bytes without a type) are bfloat16, which is how arrays of
  ///     ml_dtypes' `bfloat16` are saved; without it they are refused.
  /// - Throws: ``NumPyProblem`` with the byte; `ModelProblem` if the shape is impossible or a truth value is neither 0
  ///   nor 1.
  public init(npy file: ByteRegion, voidAsBFloat16: Bool = false) throws(ModelError) {
    self = try NPY.tensor(file, voidAsBFloat16: voidAsBFloat16)
  }

  /// The array of the `.npy` file at a path. The file is mapped into memory and must not be changed in place meanwhile.
  ///
  ///     let weights = try Tensor(npyFile: "weights.npy")
  ///
  /// - Throws: `FileProblem` if it cannot be read, and what ``init(npy:voidAsBFloat16:)`` throws; the path stands in front.
  public init(npyFile path: String, voidAsBFloat16: Bool = false) throws(ModelError) {
    self = try located(.file(path)) { () throws(ModelError) in
      try NPY.tensor(try MappedFile.contents(of: path), voidAsBFloat16: voidAsBFloat16)
    }
  }

  /// Writes the tensor as a `.npy` file: the same bytes as `np.save` writes for the same array.
  ///
  ///     try output.writeNPY(to: "y.npy", replacing: true)
  ///
  /// bfloat16, which NumPy does not have, is written as `<V2`, as ml_dtypes does.
  ///
  /// - Parameter replaces: whether a file that is there already is replaced.
  /// - Throws: `FileProblem` if it cannot be written; an older file is untouched then.
  public func writeNPY(to path: String, replacing replaces: Bool = false) throws(ModelError) {
    try located(.file(path)) { () throws(ModelError) in
      try AtomicFile.write(to: path, replacing: replaces) { (file) throws(ModelError) in
        try NPY.write(self, to: &file)
      }
    }
  }
}

extension NamedTensors {
  /// The arrays of a `.npz` archive, given as its bytes, in the order of the archive's directory and under their names
  /// without `.npy`.
  ///
  /// Every checksum is checked. Arrays that are stored uncompressed (`np.savez`), in C order and little-endian are not copied.
  ///
  /// - Parameters:
  ///   - file: the bytes of the archive.
  ///   - voidAsBFloat16: as for ``NNFormat/Tensor/init(npy:voidAsBFloat16:)``.
  /// - Throws: ``ZipProblem`` if the archive is damaged or does what this package does not read, ``NumPyProblem`` for an array,
  ///   with the member.
  public init(npz file: ByteRegion, voidAsBFloat16: Bool = false) throws(ModelError) {
    self = try NPZ.tensors(try ZipArchive(file), voidAsBFloat16: voidAsBFloat16)
  }

  /// The arrays of the `.npz` archive at a path. The file is mapped into memory and must not be changed in place meanwhile.
  ///
  ///     let weights = try NamedTensors(npzFile: "weights.npz")
  ///     let first = weights["weights_input_hidden"]
  ///
  /// - Throws: `FileProblem` if it cannot be read, and what ``init(npz:voidAsBFloat16:)`` throws; the path stands in front.
  public init(npzFile path: String, voidAsBFloat16: Bool = false) throws(ModelError) {
    self = try located(.file(path)) { () throws(ModelError) in
      try NamedTensors(npz: try MappedFile.contents(of: path), voidAsBFloat16: voidAsBFloat16)
    }
  }

  /// Writes the tensors as a `.npz` archive, which `np.load` opens.
  ///
  /// Uncompressed, it has the same bytes as `np.savez` writes for the same arrays on Linux and macOS.
  ///
  /// - Parameters:
  ///   - path: where to write.
  ///   - replaces: whether a file that is there already is replaced.
  ///   - isCompressed: whether the arrays are compressed, as `np.savez_compressed` does.
  /// - Throws: `FileProblem` if it cannot be written; ``ZipProblem/badName(_:reason:)`` for a name that no archive should have.
  public func writeNPZ(
    to path: String, replacing replaces: Bool = false, compressed isCompressed: Bool = false
  ) throws(ModelError) {
    try located(.file(path)) { () throws(ModelError) in
      try AtomicFile.write(to: path, replacing: replaces) { (file) throws(ModelError) in
        try NPZ.write(self, to: &file, compressed: isCompressed)
      }
    }
  }
}
