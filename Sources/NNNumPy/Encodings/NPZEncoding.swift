package import NNFormat

/// A model in one `.npz` archive: the exploded form (``ExplodedModel``) with `architecture.json` as a member beside the arrays,
/// which have the names of their tensors. `np.load` opens it and gives the document as bytes.
package enum NPZEncoding {
  /// Whether an archive is a model, and not only arrays.
  package static func matches(_ archive: ZipArchive) -> Bool {
    archive.contains(ExplodedModel.documentName)
  }

  /// Reads the model of an archive; every checksum of it is checked.
  ///
  /// - Parameter acceptsEdits: whether the digests in the document are passed over, for arrays that were edited.
  package static func read(
    _ archive: ZipArchive, acceptsEdits: Bool = false, limits: Limits = .standard
  ) throws(ModelError) -> Container {
    guard matches(archive) else { throw ModelError(ExplodedProblem.noArchitecture) }
    let document = try archive.contents(named: ExplodedModel.documentName)
    let (container, files) = try ExplodedModel.read(
      document, acceptsEdits: acceptsEdits, limits: limits
    ) { (name) throws(ModelError) in
      guard archive.contains(name) else { throw ModelError(ExplodedProblem.missingFile(name)) }
      return try archive.contents(named: name)
    }
    for member in archive.members where !member.isFolder && member.name != ExplodedModel.documentName {
      guard files.contains(member.name) else {
        throw ModelError(ExplodedProblem.unlistedFile, at: .member(member.name))
      }
    }
    return Container(
      kind: .npz, version: container.version, promisedDigest: container.promisedDigest,
      fileSize: archive.size, model: container.model)
  }

  /// Writes a model as an archive.
  package static func write(
    _ model: Model, to file: inout AtomicFile, compressed isCompressed: Bool = false
  ) throws(ModelError) {
    let (document, arrays) = try ExplodedModel.parts(model, names: .archive)
    let method: ZipMethod = isCompressed ? .deflated : .stored
    var writer = ZipWriter()
    try writer.add(ExplodedModel.documentName, [ByteRegion(document)], method: method, to: &file)
    for (name, tensor) in arrays {
      try writer.add(name, NPY.parts(tensor, bfloat16: .unsigned), method: method, to: &file)
    }
    try writer.finish(to: &file)
  }
}
