import NNFormat

/// The exploded form of a model: `architecture.json`, the document of every encoding with a `file` for each tensor, and these
/// files, each a `.npy`. It is meant for editing in Python.
///
/// bfloat16, which NumPy does not have, lies in a file of `uint16` with the same bits: the document gives the type.
///
/// Digests are written, so that an exploded model proves itself like any other; after editing they no longer hold, and the
/// reader is told so by `acceptsEdits`.
package enum ExplodedModel {
  /// The name of the document.
  package static let documentName = "architecture.json"

  /// Reads the document and the arrays that it names.
  ///
  /// - Parameters:
  ///   - document: the bytes of `architecture.json`.
  ///   - acceptsEdits: whether the digests in the document are passed over; the model then has none until it is written.
  ///   - file: gives the bytes of a file that the document names; the name leads below the folder.
  /// - Returns: the container, of the given kind, and the names of all files of tensors. Its size is that of the document.
  static func read(
    _ document: ByteRegion, acceptsEdits: Bool, limits: Limits,
    file: (String) throws(ModelError) -> ByteRegion
  ) throws(ModelError) -> (container: Container, files: Set<String>) {
    var names: [String: String] = [:]
    var files: Set<String> = []
    var manifest = try located(.file(documentName)) { () throws(ModelError) in
      guard document.count <= limits.headerSize else {
        throw ModelError(
          ContainerProblem.headerTooLong(UInt64(document.count), limit: limits.headerSize))
      }
      let json = try JSONReader.value(document, limits: limits)
      return try Manifest(json, limits: limits, digestsRequired: false) {
        (entry, members) throws(ModelError) in
        let name = try members.string("file")
        try check(name)
        guard files.insert(name).inserted else { throw ModelError(ExplodedProblem.sharedFile(name)) }
        names[entry.name] = name
      }
    }
    if acceptsEdits {
      manifest.digest = nil
      for position in manifest.tensors.indices { manifest.tensors[position].digest = nil }
    } else if manifest.digest != nil, let entry = manifest.tensors.first(where: { $0.digest == nil }) {
      throw ModelError(
        ExplodedProblem.digestsIncomplete, at: .file(documentName), .tensor(entry.name))
    }
    let model = try manifest.model(limits: limits) { (entry) throws(ModelError) in
      guard let name = names[entry.name] else { throw ModelError(ContainerProblem.tensorNotStored) }
      let bytes = try file(name)
      return try located(.file(name)) { () throws(ModelError) in try tensor(bytes, entry) }
    }
    let container = Container(
      kind: .folder, version: manifest.version, promisedDigest: manifest.digest, fileSize: document.count,
      model: model)
    return (container, files)
  }

  /// The tensor of an entry, from its `.npy` file, which must have the same type and shape.
  private static func tensor(_ file: ByteRegion, _ entry: Manifest.TensorEntry) throws(ModelError) -> Tensor {
    var tensor = try NPY.tensor(file, voidAsBFloat16: entry.dataType == .bf16)
    if entry.dataType == .bf16, tensor.dataType == .u16 {
      tensor = try Tensor(.bf16, tensor.shape, bytes: tensor.bytes)
    }
    let expected = TensorType(entry.dataType, entry.shape)
    guard tensor.type == expected else {
      throw ModelError(ModelProblem.typeMismatch(expected: expected, found: tensor.type))
    }
    return tensor
  }

  /// Demands that a name leads to a file below the folder.
  private static func check(_ name: String) throws(ModelError) {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let reason: String? =
      if name.isEmpty {
        "is empty"
      } else if name.utf8.first == UInt8(ascii: "/") {
        "is an absolute path"
      } else if parts.contains("..") {
        "leads out of the folder"
      } else if parts.contains("") || parts.contains(".") {
        "has an empty part"
      } else if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }) {
        "has a control character or a backslash"
      } else if !name.hasSuffix(NPZ.suffix) {
        "does not end in '.npy'"
      } else {
        nil
      }
    if let reason { throw ModelError(ExplodedProblem.badFileName(name, reason: reason)) }
  }

  /// The document of a model, and its tensors under the names of their files.
  static func parts(
    _ model: Model, names: FileNames
  ) throws(ModelError) -> (document: [UInt8], arrays: [(file: String, tensor: Tensor)]) {
    let manifest = try Manifest(model)
    var names = names
    let stored = model.storedTensors
    let arrays = stored.enumerated().map { position, entry in
      (file: names.file(of: entry.name, position: position), tensor: entry.tensor)
    }
    let json = try manifest.json { position in [("file", .string(arrays[position].file))] }
    return (try JSONWriter.text(json), arrays)
  }
}

/// Gives each tensor a file name that is as near to its own name as every file system allows.
struct FileNames {
  /// Whether the names are for the members of an archive, which may have slashes and are told apart by their case.
  private let isArchive: Bool
  private var taken: Set<String> = []
  // File systems allow 255 bytes, temporary names need some.
  private static let longest = 200

  /// Names below a folder: `parameters/hidden%2Fweights.npy`.
  static let folder = FileNames(isArchive: false)
  /// Names in an archive, so that `np.load` finds the tensors under their own names: `hidden/weights.npy`.
  static let archive = FileNames(isArchive: true)

  private init(isArchive: Bool) { self.isArchive = isArchive }

  /// The file of a tensor, which is the one at `position` of all.
  mutating func file(of name: String, position: Int) -> String {
    let isExample = name.utf8.starts(with: "examples/".utf8)
    // The name of an example's tensor is a path of escaped parts already.
    let path = isArchive || isExample ? name : "parameters/" + Model.storedComponent(name)
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let isSafe =
      parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= FileNames.longest }
      && path.utf8.count <= 4 * FileNames.longest && !path.utf8.contains(UInt8(ascii: "\\"))
    var file = isSafe ? path : (isExample ? "examples/" : "parameters/") + "%\(position)"
    // Some file systems do not tell `W` from `w`.
    while !taken.insert(isArchive ? file : file.lowercased()).inserted { file += "%\(position)" }
    return file + NPZ.suffix
  }
}
