import Dispatch
import NNFormat
import NNNumPy
import Synchronization

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
  private var files: [(name: String, format: String, digest: PendingDigest)] = []

  /// Reads files and folders. Values stay where they lie as long as they can.
  ///
  /// - Throws: ``FileProblem``, ``NumPyProblem`` or `ZipProblem` with the file; ``ConvertProblem/sameName(_:)``;
  ///   ``ConvertProblem/wrongSource(expected:found:)`` for files of other kinds; ``ConvertProblem/noArrays``.
  init(_ paths: [String]) throws(ModelError) {
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
        try add(SourceArray(stem, try Tensor(npy: bytes)))
      } else if ZipArchive.matches(bytes) {
        files.append((name, "npz", PendingDigest(of: bytes)))
        let archive = try ZipArchive(bytes)
        if NPZEncoding.matches(archive) { throw ModelError(ConvertProblem.modelAmongSources) }
        for (member, tensor) in try NPZ.tensors(archive).entries { try add(SourceArray(member, tensor)) }
      } else {
        // Says what the file is instead, or that it is nothing known.
        let kind = try ContainerKind.detect(bytes)
        throw ModelError(ConvertProblem.wrongSource(expected: "a .npy or .npz file", found: kind.name))
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

/// A digest that another thread computes while this one goes on.
private final class PendingDigest: Sendable {
  private let group = DispatchGroup()
  private let result = Mutex<Digest?>(nil)

  init(of bytes: ByteRegion) {
    DispatchQueue.global().async(group: group) { [self] in
      let digest = Digest(of: bytes)
      result.withLock { $0 = digest }
    }
  }

  /// The digest, as soon as it is there.
  var value: Digest {
    group.wait()
    guard let digest = result.withLock({ $0 }) else { preconditionFailure("the group ends with the digest") }
    return digest
  }
}
