package import NNFormat

/// A model in a folder: the exploded form (``ExplodedModel``), `architecture.json` and the arrays in `parameters/` and `examples/`.
package enum FolderEncoding {
  /// Whether a path is a folder with an `architecture.json`.
  package static func matches(_ path: String) -> Bool {
    Folder.kind(of: "\(path)/\(ExplodedModel.documentName)") == .file
  }

  /// Reads the model of a folder.
  ///
  /// Arrays in C order and little-endian are mapped, not copied. An array that is not named in the document is an error.
  ///
  /// - Parameter acceptsEdits: whether the digests in the document are passed over, for arrays that were edited.
  /// - Throws: ``ExplodedProblem``; ``NumPyProblem`` with the file; ``NNFormat/ModelProblem/typeMismatch(expected:found:)`` if an
  ///   array has another type or shape than the document says.
  package static func read(
    _ path: String, acceptsEdits: Bool = false, limits: Limits = .standard
  ) throws(ModelError) -> Container {
    let folder = try Folder(path)
    guard matches(path) else { throw ModelError(ExplodedProblem.noArchitecture) }
    var size = 0
    let document = try located(.file(ExplodedModel.documentName)) { () throws(ModelError) in
      try folder.contents(of: ExplodedModel.documentName)
    }
    let (container, files) = try ExplodedModel.read(
      document, acceptsEdits: acceptsEdits, limits: limits
    ) { (name) throws(ModelError) in
      let contents = try folder.contents(of: name)
      size += contents.count
      return contents
    }
    for file in try folder.files() where file.hasSuffix(NPZ.suffix) && !files.contains(file) {
      throw ModelError(ExplodedProblem.unlistedFile, at: .file(file))
    }
    return Container(
      kind: .folder, version: container.version, promisedDigest: container.promisedDigest,
      fileSize: container.fileSize + size, model: container.model)
  }

  /// Writes a model as a folder, which appears whole or not at all.
  ///
  /// An older folder is replaced only if it is a model of this form and holds nothing else; it is moved aside first and
  /// removed when the new one is in its place.
  ///
  /// - Throws: ``NNFormat/FileProblem/alreadyExists`` if there is something and `replaces` is false;
  ///   ``ExplodedProblem/notReplaceable(reason:)``; what writing throws.
  package static func write(
    _ model: Model, to path: String, replacing replaces: Bool = false
  ) throws(ModelError) {
    let (document, arrays) = try ExplodedModel.parts(model, names: .folder)
    try Folder.replace(
      path,
      canReplace: { (old) throws(ModelError) in
        guard replaces else { throw ModelError(FileProblem.alreadyExists) }
        try checkReplaceable(old)
      }
    ) { (folder) throws(ModelError) in
      try folder.write(ExplodedModel.documentName) { (file) throws(ModelError) in try file.write(document) }
      for (name, tensor) in arrays {
        try folder.write(name) { (file) throws(ModelError) in
          try NPY.write(tensor, to: &file, bfloat16: .unsigned)
        }
      }
    }
  }

  /// Demands that a folder holds a model of this form and nothing else, or nothing.
  private static func checkReplaceable(_ folder: Folder) throws(ModelError) {
    // What macOS leaves in every folder that was looked at.
    let files = try folder.files().filter { !$0.hasSuffix(".DS_Store") }
    guard !files.isEmpty else { return }
    guard files.contains(ExplodedModel.documentName), isOurs(folder) else {
      throw ModelError(ExplodedProblem.notReplaceable(reason: "it is no model of .npy files"))
    }
    if let other = files.first(where: { $0 != ExplodedModel.documentName && !$0.hasSuffix(NPZ.suffix) }) {
      throw ModelError(
        ExplodedProblem.notReplaceable(reason: "it holds '\(other)', which is no part of a model"))
    }
  }

  private static func isOurs(_ folder: Folder) -> Bool {
    guard let document = try? folder.contents(of: ExplodedModel.documentName),
      let json = try? JSONReader.value(document)
    else { return false }
    return json.object?["format"] == "nnm"
  }
}
