import NNFormat
import NNLayers

/// A loss on the command line, and the output that it is for: `huber,delta=2`, or `boxes=huber,delta=2`.
struct NamedLoss {
  /// The name before the first `=`, if that stands before any setting; nil where the loss serves every output.
  let name: String?
  /// The loss.
  let layer: any LossLayer

  /// - Throws: ``RunProblem`` if there is no such loss, or a setting is wrong.
  init(_ text: String) throws(ModelError) {
    var parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var name: String?
    if let sign = parts[0].firstIndex(of: "=") {
      name = String(parts[0][..<sign])
      parts[0] = String(parts[0][parts[0].index(after: sign)...])
    }
    self.name = name
    layer = try NamedLoss.layer(parts)
  }

  private static func layer(_ parts: [String]) throws(ModelError) -> any LossLayer {
    let kinds = LayerCatalog.standard.all.compactMap { $0 as? any LossLayer.Type }
    guard let kind = kinds.first(where: { $0.kind == parts[0] }) else {
      let names = kinds.map { $0.kind }
      throw ModelError(
        RunProblem.unknownLoss(parts[0], names: names, nearest: nearest(to: parts[0], among: names)),
        at: .option("--loss"))
    }
    var fields = JSONObject()
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard pair.count == 2, fields[pair[0]] == nil else {
        throw ModelError(RunProblem.badSetting(part), at: .option("--loss"))
      }
      fields[pair[0]] = (try? JSONReader.value(ByteRegion(Array(pair[1].utf8)))) ?? .string(pair[1])
    }
    do throws(ModelError) {
      return try kind.decoded(from: fields)
    } catch {
      throw ModelError(RunProblem.badLoss("\(error)"), at: .option("--loss"))
    }
  }
}
