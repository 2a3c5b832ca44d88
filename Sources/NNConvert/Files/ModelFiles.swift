public import NNContainer
public import NNFormat
import NNNumPy

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Opens models of every kind, and writes them so that what was written is known to be right.
public enum ModelFiles {
  /// Opens the model at `path`: a container of any kind, or a folder or `.npz` archive with an `architecture.json`.
  ///
  /// - Parameter acceptsEdits: whether the digests of a folder or archive are passed over, for arrays that were edited.
  /// - Throws: as `Container.open`; ``ConvertProblem/senselessOption(_:reason:)`` if edits are to be accepted in a container that
  ///   cannot be edited.
  public static func open(
    _ path: String, acceptsEdits: Bool = false, limits: Limits = .standard
  ) throws(ModelError) -> Container {
    if FolderEncoding.matches(path) {
      return try located(.file(path)) { () throws(ModelError) in
        try FolderEncoding.read(path, acceptsEdits: acceptsEdits, limits: limits)
      }
    }
    if let archive = try archive(at: path) {
      return try located(.file(path)) { () throws(ModelError) in
        try NPZEncoding.read(archive, acceptsEdits: acceptsEdits, limits: limits)
      }
    }
    guard !acceptsEdits else {
      throw ModelError(
        ConvertProblem.senselessOption(
          "--accept-edits", reason: "only a folder or .npz with an architecture.json can be edited"), at: .file(path))
    }
    return try Container.open(path, limits: limits)
  }

  /// Whether a path is a folder or archive that is a whole model.
  static func isExploded(_ path: String) throws(ModelError) -> Bool {
    if FolderEncoding.matches(path) { return true }
    return try archive(at: path) != nil
  }

  /// The archive at a path if it is one, and a whole model.
  private static func archive(at path: String) throws(ModelError) -> ZipArchive? {
    try located(.file(path)) { () throws(ModelError) in
      guard !MappedFile.isDirectory(path) else { return nil }
      let bytes = try MappedFile.contents(of: path)
      guard bytes.begins(with: "PK".utf8) else { return nil }
      let archive = try ZipArchive(bytes)
      return NPZEncoding.matches(archive) ? archive : nil
    }
  }

  /// Demands that a model may be written to a path.
  ///
  /// - Throws: ``FileProblem/alreadyExists`` if something is there that may not be replaced, `cannotCreate` if it cannot be.
  public static func checkDestination(
    _ path: String, _ kind: OutputKind, replacing replaces: Bool
  ) throws(ModelError) {
    try located(.file(path)) { () throws(ModelError) in
      // What may become of a folder is decided when it is written.
      if kind == .folder, replaces { return }
      if kind == .folder, MappedFile.isDirectory(path) { throw ModelError(FileProblem.alreadyExists) }
      try AtomicFile.checkDestination(path, replacing: replaces)
    }
  }

  /// Writes a model, opens what was written and compares it with the model to the last bit.
  ///
  /// A file takes its name only after the comparison; a folder is compared right after it has its name.
  ///
  /// - Parameter whenWritten: called when everything is written and the comparison begins.
  /// - Returns: the path, the kind and the content digest that the file promises.
  /// - Throws: as `Model.write`; ``ConvertProblem/notReproduced`` if the comparison fails.
  public static func write(
    _ model: Model, to path: String, as kind: OutputKind, options: WriteOptions = WriteOptions(),
    replacing replaces: Bool = false, whenWritten: () -> Void = {}
  ) throws(ModelError) -> ConversionReport.ModelFile {
    if kind == .folder {
      try located(.file(path)) { () throws(ModelError) in
        try FolderEncoding.write(model, to: path, replacing: replaces)
      }
      whenWritten()
      return try check(path, path, kind, model)
    }
    try checkDestination(path, kind, replacing: replaces)
    let slash = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    let mark = String(UInt64.random(in: 0 ... .max), radix: 36)
    let hidden = "\(path[..<slash]).\(path[slash...].prefix(60)).\(mark).tmp"
    defer { unlink(hidden) }
    do {
      if let container = kind.container {
        try model.write(to: hidden, as: container, options: options)
      } else {
        try located(.file(hidden)) { () throws(ModelError) in
          try AtomicFile.write(to: hidden, replacing: false) { (file) throws(ModelError) in
            try NPZEncoding.write(model, to: &file)
          }
        }
      }
      whenWritten()
      let output = try check(hidden, path, kind, model)
      try located(.file(hidden)) { () throws(ModelError) in
        // Without leave to replace, a link is made, because a rename would replace silently.
        guard (replaces ? rename(hidden, path) : link(hidden, path)) == 0 else {
          let code = errno
          throw ModelError(
            code == EEXIST ? FileProblem.alreadyExists : .cannotCreate(reason: FileProblem.reason(code)))
        }
      }
      return output
    } catch {
      throw error.renaming(.file(hidden), .file(path))
    }
  }

  /// Compares a file with the model that it should hold.
  private static func check(
    _ path: String, _ finalPath: String, _ kind: OutputKind, _ model: Model
  ) throws(ModelError) -> ConversionReport.ModelFile {
    let container = try open(path)
    guard container.model == model, kind.container == nil || container.kind == kind.container else {
      throw ModelError(ConvertProblem.notReproduced, at: .file(finalPath))
    }
    let digest: Digest
    if let promised = container.promisedDigest { digest = promised } else { digest = try model.contentDigest() }
    return ConversionReport.ModelFile(path: finalPath, kind: kind.rawValue, digest: digest)
  }
}

extension ModelError {
  /// The same error with another outermost place, if it has the given one.
  fileprivate func renaming(_ place: Place, _ name: Place) -> ModelError {
    guard places.first == place else { return self }
    return places.dropFirst().reversed().reduce(ModelError(problem)) { $0.inside($1) }.inside(name)
  }
}

extension ByteRegion {
  /// Whether the bytes begin with those of `prefix`.
  func begins(with prefix: some Collection<UInt8>) -> Bool {
    withUnsafeBytes { $0.starts(with: prefix) }
  }
}
