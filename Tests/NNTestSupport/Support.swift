import Foundation
package import NNFormat

/// The folder `Fixtures` of the package.
package let fixtures: String = {
  let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
  return parts.joined(separator: "/") + "/Fixtures"
}()

/// A folder of its own for one test, removed with everything in it when the test is over.
package final class TemporaryFolder {
  /// The folder's path.
  package let path: String

  package init() {
    var template = Array("/tmp/nnm-test-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let made else { preconditionFailure("no temporary folder can be made") }
    path = made
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of a file in the folder.
  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file into the folder and gives its path.
  @discardableResult
  package func write(_ name: String, _ bytes: [UInt8]) -> String {
    let path = file(name)
    guard let stream = fopen(path, "wb") else { preconditionFailure("\(path) cannot be written") }
    fwrite(bytes, 1, bytes.count, stream)
    fclose(stream)
    return path
  }
}

/// The bytes of a file.
package func bytes(of path: String) throws(ModelError) -> [UInt8] {
  try MappedFile.contents(of: path).withUnsafeBytes { Array($0) }
}

/// What `body` throws; nil if it throws nothing.
package func error(thrownBy body: () throws(ModelError) -> some Any) -> ModelError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error
  }
}

extension TemporaryFolder {
  /// The names of what lies in the folder, sorted.
  package func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}
