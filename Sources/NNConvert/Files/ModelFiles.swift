import NNContainer
public import NNFormat
import NNNumPy

/// What conversions ask of files beyond opening and writing them.
public enum ModelFiles {
  /// Opens the model at `path`, as `Container.open` does.
  ///
  /// - Parameter acceptsEdits: whether the digests of a folder or archive are passed over, for arrays that were edited.
  /// - Throws: as `Container.open`; ``ConvertProblem/senselessOption(_:reason:)`` if edits are to be accepted in a container that
  ///   cannot be edited.
  public static func open(_ path: String, acceptsEdits: Bool = false) throws(ModelError) -> Container {
    let container = try Container.open(path, acceptsEdits: acceptsEdits)
    guard !acceptsEdits || container.kind == .folder || container.kind == .npz else {
      throw ModelError(
        ConvertProblem.senselessOption(
          "--accept-edits", reason: "only a folder or .npz with an architecture.json can be edited"), at: .file(path))
    }
    return container
  }

  /// The kind by which the name of an output ends; a name without an ending, or with a slash at its end, is a folder's.
  ///
  /// - Throws: ``ConvertProblem/unknownOutputKind(_:)`` for an ending that is none of ours.
  public static func kind(forWriting path: String) throws(ModelError) -> ContainerKind {
    guard let kind = ContainerKind(pathForWriting: path) else {
      throw ModelError(ConvertProblem.unknownOutputKind(path))
    }
    return kind
  }

  /// Demands that a model may be written to a path, so that a long conversion does not fail at its end.
  ///
  /// - Throws: ``FileProblem/alreadyExists`` if something is there that may not be replaced, `cannotCreate` if it cannot be.
  public static func checkDestination(
    _ path: String, _ kind: ContainerKind, replacing replaces: Bool
  ) throws(ModelError) {
    try located(.file(path)) { () throws(ModelError) in
      // What may become of a folder is decided when it is written.
      if kind == .folder, replaces { return }
      if kind == .folder, MappedFile.isDirectory(path) { throw ModelError(FileProblem.alreadyExists) }
      try AtomicFile.checkDestination(path, replacing: replaces)
    }
  }

  /// Whether a path is a folder or archive that is a whole model.
  static func isExploded(_ path: String) throws(ModelError) -> Bool {
    if FolderEncoding.matches(path) { return true }
    return try located(.file(path)) { () throws(ModelError) in
      guard !MappedFile.isDirectory(path) else { return false }
      let bytes = try MappedFile.contents(of: path)
      guard ZipArchive.matches(bytes) else { return false }
      return NPZEncoding.matches(try ZipArchive(bytes))
    }
  }
}

extension ByteRegion {
  /// Whether the bytes begin with those of `prefix`.
  func begins(with prefix: some Collection<UInt8>) -> Bool {
    withUnsafeBytes { $0.starts(with: prefix) }
  }
}
