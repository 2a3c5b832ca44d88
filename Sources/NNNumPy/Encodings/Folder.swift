#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif
import NNFormat

/// A folder whose files are read and written by names that lead below it.
struct Folder {
  private let path: String

  /// What lies at a path.
  enum Kind {
    case nothing, file, folder, other
  }

  /// The folder at a path.
  ///
  /// - Throws: ``NNFormat/FileProblem/notFound`` if there is none.
  init(_ path: String) throws(ModelError) {
    guard Folder.kind(of: path) == .folder else { throw ModelError(FileProblem.notFound) }
    self.path = path
  }

  private init(unchecked path: String) { self.path = path }

  /// What lies at a path; a link counts as what it leads to, unless `follow` is false.
  static func kind(of path: String, follow: Bool = true) -> Kind {
    var status = stat()
    guard (follow ? stat(path, &status) : lstat(path, &status)) == 0 else { return .nothing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  /// The bytes of the file of a name, which has neither `..` nor empty parts.
  ///
  /// - Throws: ``ExplodedProblem/missingFile(_:)``, and ``ExplodedProblem/badFileName(_:reason:)`` if a link leads out of the folder.
  func contents(of name: String) throws(ModelError) -> ByteRegion {
    let file = "\(path)/\(name)"
    guard let root = Folder.resolved(path), let place = Folder.resolved(file) else {
      throw ModelError(ExplodedProblem.missingFile(name))
    }
    guard place.utf8.starts(with: (root == "/" ? root : root + "/").utf8) else {
      throw ModelError(ExplodedProblem.badFileName(name, reason: "is a link that leads out of the folder"))
    }
    return try located(.file(name)) { () throws(ModelError) in try MappedFile.contents(of: place) }
  }

  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// The names of all files in the folder and the folders below it, sorted; links are not followed.
  func files() throws(ModelError) -> [String] {
    var found: [String] = []
    var waiting = [""]
    while let prefix = waiting.popLast() {
      for name in try Folder.names(in: "\(path)/\(prefix)") {
        if Folder.kind(of: "\(path)/\(prefix)\(name)", follow: false) == .folder {
          waiting.append("\(prefix)\(name)/")
        } else {
          found.append(prefix + name)
        }
      }
    }
    return found.sorted()
  }

  private static func names(in path: String) throws(ModelError) -> [String] {
    guard let stream = opendir(path) else {
      throw ModelError(FileProblem.opening(errno), at: .file(path))
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

extension Folder {
  /// Writes a file of the folder; folders on the way are made.
  func write(
    _ name: String, _ body: (inout AtomicFile) throws(ModelError) -> Void
  ) throws(ModelError) {
    var parent = path
    for part in name.split(separator: "/").dropLast() {
      parent += "/\(part)"
      if Folder.kind(of: parent) != .folder { try Folder.make(parent) }
    }
    try located(.file(name)) { () throws(ModelError) in
      try AtomicFile.write(to: "\(path)/\(name)", replacing: false, body)
    }
  }

  private static func make(_ path: String) throws(ModelError) {
    guard mkdir(path, 0o777) == 0 else {
      throw ModelError(FileProblem.cannotCreate(reason: FileProblem.reason(errno)))
    }
  }

  /// Makes the folder at `path` by writing a hidden sibling through `body` and giving it the name when it is whole.
  ///
  /// - Parameter canReplace: called with a folder that is there already; throws if it must stay.
  static func replace(
    _ path: String, canReplace: (Folder) throws(ModelError) -> Void,
    _ body: (Folder) throws(ModelError) -> Void
  ) throws(ModelError) {
    var path = path[...]
    while path.count > 1, path.last == "/" { path.removeLast() }
    let slash = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    let name = path[slash...]
    guard !name.isEmpty, name != ".", name != ".." else {
      throw ModelError(FileProblem.cannotCreate(reason: "name the folder itself, not '\(path)'"))
    }
    let target = String(path)
    switch kind(of: target, follow: false) {
    case .nothing: break
    case .folder: try canReplace(Folder(unchecked: target))
    case .file, .other:
      throw ModelError(FileProblem.cannotCreate(reason: "what is there is not a folder"))
    }
    let mark = String(UInt64.random(in: 0 ... .max), radix: 36)
    let hidden = "\(path[..<slash]).\(name.prefix(60)).\(mark)"
    let (fresh, old) = ("\(hidden).tmp", "\(hidden).old")
    try make(fresh)
    do {
      try body(Folder(unchecked: fresh))
      try swap(fresh, target, old)
    } catch {
      remove(fresh)
      throw error
    }
    if kind(of: old, follow: false) == .folder { remove(old) }
  }

  /// Gives `fresh` the name `target`; what has this name gets the name `old`.
  private static func swap(_ fresh: String, _ target: String, _ old: String) throws(ModelError) {
    let isReplacing = kind(of: target, follow: false) == .folder
    if isReplacing, rename(target, old) != 0 {
      throw ModelError(FileProblem.cannotCreate(reason: FileProblem.reason(errno)))
    }
    guard rename(fresh, target) == 0 else {
      let code = errno
      if isReplacing { rename(old, target) }
      throw ModelError(FileProblem.cannotCreate(reason: FileProblem.reason(code)))
    }
  }

  /// Removes a folder with everything in it; links are removed, not followed. What cannot be removed stays.
  private static func remove(_ path: String) {
    for name in (try? names(in: path)) ?? [] {
      let child = "\(path)/\(name)"
      if kind(of: child, follow: false) == .folder { remove(child) } else { unlink(child) }
    }
    rmdir(path)
  }
}
