package import NNFormat

/// The `.npz` format: a ZIP archive with one `.npy` file for each array.
package enum NPZ {
  /// What the name of a member ends in, beyond the name of its array.
  static let suffix = ".npy"

  /// The arrays of an archive, in the order of its directory; the names may have slashes.
  ///
  /// - Throws: ``NumPyProblem/memberIsNoArray`` for a member that does not end in `.npy`, and what reading throws, with the
  ///   member.
  package static func tensors(
    _ archive: ZipArchive, voidAsBFloat16: Bool = false
  ) throws(ModelError) -> NamedTensors {
    var tensors = NamedTensors()
    for member in archive.members where !member.isFolder {
      guard member.name.hasSuffix(suffix) else {
        throw ModelError(NumPyProblem.memberIsNoArray, at: .member(member.name))
      }
      let contents = try archive.contents(of: member)
      let tensor = try located(.member(member.name)) { () throws(ModelError) in
        try NPY.tensor(contents, voidAsBFloat16: voidAsBFloat16)
      }
      try tensors.append(String(member.name.dropLast(suffix.count)), tensor)
    }
    return tensors
  }

  /// Writes tensors as an archive: uncompressed as `np.savez` does, or compressed as `np.savez_compressed` does.
  package static func write(
    _ tensors: NamedTensors, to file: inout AtomicFile, compressed isCompressed: Bool = false
  ) throws(ModelError) {
    var writer = ZipWriter()
    for (name, tensor) in tensors.entries {
      try writer.add(
        name + suffix, NPY.parts(tensor), method: isCompressed ? .deflated : .stored, to: &file)
    }
    try writer.finish(to: &file)
  }
}
