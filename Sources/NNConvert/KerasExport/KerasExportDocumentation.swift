package import NNFormat
import NNLayers

/// The section of the documentation that says what each kind becomes in a file of Keras.
///
/// Nothing in it is written twice: models of one node each are converted, and the section says what came of them.
package struct KerasExportDocumentation {
  /// What came of the models of a kind.
  private struct Outcome {
    var counterparts: Set<String> = []
    var reasons: Set<String> = []
  }

  private var outcomes: [String: Outcome] = [:]

  /// A section that has seen no model.
  package init() {}

  /// Converts a model whose node is of the given kind, and notes the outcome.
  ///
  /// - Throws: `LayerProblem` if the graph does not fit together.
  package mutating func add(_ kind: String, _ model: Model) throws(ModelError) {
    do throws(ModelError) {
      outcomes[kind, default: Outcome()].counterparts.formUnion(try KerasExport(model).counterparts)
    } catch {
      guard case .unsupported(let items)? = error.problem as? KerasExportProblem else { throw error }
      outcomes[kind, default: Outcome()].reasons.formUnion(items.map(\.reason))
    }
  }

  /// The kinds that are converted, of which no model was.
  package var unproven: [String] {
    ExportTable.all.keys.filter { (outcomes[$0]?.counterparts ?? []).isEmpty }.sorted()
  }

  /// The section.
  package var text: String {
    let kinds = LayerCatalog.standard.all.map { $0.kind }.sorted()
    let converted = kinds.filter { ExportTable.all[$0] != nil }
    let refused = kinds.filter { ExportTable.all[$0] == nil }
    var text = """
      ## Writing files of Keras

      `nnconvert to-keras` writes a functional model of Keras \(KerasExport.kerasVersion). A node becomes a layer where Keras has one that computes the same,
      else operations of `keras.ops`; what has neither is refused, every such node of a model at once. Tables say what became of
      the cases of `Fixtures/layers`: with one set of settings a kind becomes some of the names in its row.

      All weights have the type in which they compute. Those stored as f16 or bf16 are widened, which loses nothing: a variable of
      Keras in f16 would make its layer compute in f16. Those stored as int8 become the products of the integers with the scales of
      their columns, rounded once to f32: Keras's quantised `Dense` also quantises its inputs, which is another computation.

      \(converted.count) kinds are converted:

      | kind | becomes | refused |
      |---|---|---|

      """
    for kind in converted {
      let outcome = outcomes[kind] ?? Outcome()
      // Layers before operations.
      let all = outcome.counterparts.sorted()
      let names = all.filter { !$0.hasPrefix("ops.") } + all.filter { $0.hasPrefix("ops.") }
      let cells = names.map { "`\($0)`" }.joined(separator: ", ")
      let becomes = cells.isEmpty ? "an argument of what takes it" : cells
      text += "| `\(kind)` | \(becomes) | \(outcome.reasons.sorted().joined(separator: "; ")) |\n"
    }
    text += """

      \(refused.count) kinds are refused:

      | kind | why |
      |---|---|

      """
    for kind in refused { text += "| `\(kind)` | \(ExportTable.refusal(kind)) |\n" }
    return text
  }
}
