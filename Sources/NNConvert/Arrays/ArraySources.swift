import NNFormat
import NNNumPy

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The arrays of the files and folders that a user names, in the order in which they are named.
struct ArraySources {
  /// All arrays; no two have the same name.
  private(set) var arrays: [SourceArray] = []
  /// What was found beside them, such as other files of a folder.
  private(set) var ignored: [ConversionReport.Ignored] = []
  private let voidAsBFloat16: Bool
  private var files: [(name: String, format: String, digest: PendingDigest)] = []

  /// Reads files and folders. Values stay where they lie as long as they can.
  ///
  /// - Parameter voidAsBFloat16: whether NumPy's type `V2` stands for bfloat16.
  /// - Throws: ``FileProblem``, ``NumPyProblem`` or `ZipProblem` with the file; ``ConvertProblem/sameName(_:)``;
  ///   ``ConvertProblem/wrongSource(expected:found:)`` for files of other kinds; ``ConvertProblem/noArrays``.
  init(_ paths: [String], voidAsBFloat16: Bool) throws(ModelError) {
    self.voidAsBFloat16 = voidAsBFloat16
    for path in paths {
      if MappedFile.isDirectory(path) { try addFolder(path) } else { try addFile(path) }
    }
    guard !arrays.isEmpty else { throw ModelError(ConvertProblem.noArrays) }
  }

  /// The files with the digests of their bytes.
  func sources() -> [Provenance.Source] {
    files.map { Provenance.Source(name: $0.name, format: $0.format, digest: $0.digest.value) }
  }

  private mutating func addFolder(_ path: String) throws(ModelError) {
    let names = try located(.file(path)) { () throws(ModelError) in try ArraySources.entries(of: path) }
    if FolderEncoding.matches(path) { throw ModelError(ConvertProblem.modelAmongSources, at: .file(path)) }
    let folder = path.hasSuffix("/") ? path : "\(path)/"
    for name in names {
      if name.hasSuffix(".npy") {
        try addFile(folder + name)
      } else {
        ignored.append(ConversionReport.Ignored(name: name, reason: "not an .npy file"))
      }
    }
  }

  private mutating func addFile(_ path: String) throws(ModelError) {
    try located(.file(path)) { () throws(ModelError) in
      let bytes = try MappedFile.contents(of: path)
      let name = String(path.split(separator: "/").last ?? "")
      if bytes.begins(with: [0x93] + "NUMPY".utf8) {
        files.append((name, "npy", PendingDigest(of: bytes)))
        let stem = name.hasSuffix(".npy") ? String(name.dropLast(4)) : name
        try add(SourceArray(stem, try Tensor(npy: bytes, voidAsBFloat16: voidAsBFloat16)))
      } else if ZipArchive.matches(bytes) {
        files.append((name, "npz", PendingDigest(of: bytes)))
        let archive = try ZipArchive(bytes)
        if NPZEncoding.matches(archive) { throw ModelError(ConvertProblem.modelAmongSources) }
        let tensors = try NPZ.tensors(archive, voidAsBFloat16: voidAsBFloat16)
        for (member, tensor) in tensors.entries { try add(SourceArray(member, tensor)) }
      } else {
        // Says what the file is instead, or that it is nothing known.
        let kind = try ContainerKind.detect(bytes)
        guard kind == .safetensors else {
          throw ModelError(
            ConvertProblem.wrongSource(expected: "a .npy, .npz or .safetensors file", found: kind.name))
        }
        files.append((name, "safetensors", PendingDigest(of: bytes)))
        let (tensors, metadata) = try SafetensorsEncoding.tensors(of: bytes)
        guard !metadata.contains(where: { $0.name == SafetensorsEncoding.documentKey }) else {
          throw ModelError(
            ConvertProblem.wrongSource(expected: "a file of arrays without a graph", found: kind.name))
        }
        for (name, tensor) in tensors.entries { try add(SourceArray(name, tensor)) }
      }
    }
  }

  private mutating func add(_ array: SourceArray) throws(ModelError) {
    guard !arrays.contains(where: { $0.name == array.name }) else {
      throw ModelError(ConvertProblem.sameName(array.name))
    }
    arrays.append(array)
  }

  /// The names in a folder, sorted by their bytes, without hidden ones.
  private static func entries(of path: String) throws(ModelError) -> [String] {
    guard let folder = opendir(path) else { throw ModelError(FileProblem.opening(errno)) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      // The name ends with a zero inside of the entry (POSIX, dirent.h).
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
