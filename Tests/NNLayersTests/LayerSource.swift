import Foundation
import NNLayers
import NNTestSupport
import Testing

/// What the documentation takes from the source file of a kind.
struct LayerSource {
  /// The folder of the file: Core, Activations, ...
  let group: String
  /// The documentation comment of the type.
  let documentation: String

  /// The sources of all kinds, found by the line that names the kind.
  static func all() throws -> [String: LayerSource] {
    let root = "\(packageFolder)/Sources/NNLayers"
    var sources: [String: LayerSource] = [:]
    for group in try FileManager.default.contentsOfDirectory(atPath: root).sorted() {
      for file in try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(group)").sorted() {
        let text = String(decoding: try bytes(of: "\(root)/\(group)/\(file)"), as: UTF8.self)
        guard let kind = text.firstMatch(of: /static let kind = "(\w+)"/)?.1 else { continue }
        #expect(sources[String(kind)] == nil, "two files name the kind '\(kind)'")
        sources[String(kind)] = LayerSource(group: group, documentation: documentation(in: text))
      }
    }
    return sources
  }

  private static func documentation(in text: String) -> String {
    var comment: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("public struct ") { break }
      if line.hasPrefix("///") {
        comment.append(line.dropFirst(line.hasPrefix("/// ") ? 4 : 3))
      } else {
        comment = []
      }
    }
    return comment.joined(separator: "\n")
  }
}
