import NNFormat

/// The page of the documentation that says which classes and operations of Keras are converted.
package enum KerasDocumentation {
  /// `spec/keras.md`; a test fails when the file is stale.
  ///
  /// - Parameter exports: what the kinds become in a file of Keras
  package static func text(exports: KerasExportDocumentation) -> String {
    let converted = KerasClass.all.filter { $0.refusal == nil }
    let refused = KerasClass.all.filter { $0.refusal != nil }
    var text = """
      # Keras

      This page is generated from the table in `NNConvert`; a test fails when it is stale. `nnconvert from-keras` reads full models
      of Keras 1 (from 1.2), Keras 2 and tf.keras in `.h5`, of Keras 2.12 to 2.15 and 3 in `.keras` and `.h5`, and files of weights
      (`.h5`, `.weights.h5`, sharded `.weights.json`) together with an architecture (`--architecture`, the output of
      `model.to_json()`).

      Which definition holds is decided from the file: its release (`keras_version`; a full model without one is of Keras 1), the
      form of its configuration, and the settings of its layers. The differences that this decides:

      | what | Keras 1 | Keras 2, tf.keras | Keras 3 |
      |---|---|---|---|
      | `hard_sigmoid` | `max(0, min(1, 0.2 x + 0.5))` | the same | `max(0, min(1, x / 6 + 0.5))` |
      | GRU without `reset_after` | before the product | before the product | behind the product |
      | slope of `LeakyReLU` | `alpha` | `alpha` | `negative_slope` |
      | weights of LSTM and GRU | an array for each gate | one array | one array |
      | kernels with channels first | `[filters, in, window...]` | `[window..., in, filters]` | the same |
      | kernels trained with Theano (`--backend theano`, or as the file says) | turned round | turned round | |
      | masks of merged values | all | all | any, where all have one |
      | masked products, greatest, least | | as if unmasked | what is masked does not count |
      | masks of what `MultiHeadAttention` takes | | kept | since 3.8 gone for all layers that Keras runs later |

      Dropout, noise and random augmentation do nothing at inference and are left out; so are optimizers, metrics and the states
      of random generators, which the report lists. A setting that nobody reads is an error, not a guess. Weights that no layer
      uses are one too, unless `--allow-unused` is given. A class or function of a user's own is refused by name unless
      `--custom NAME=KIND` puts a kind of `layers.md` in its place; settings may stand behind it (`--custom NAME=KIND,FIELD=VALUE`).
      NAME is that of a class, of a function, or of one layer. The arguments with which a `Lambda` calls its function count as settings.
      Nothing in a file is executed.

      Low-rank adaptations (LoRA) of `Dense`, `EinsumDense`, `Embedding` and convolutions are added to what they adapt.
      Quantised `Dense`, `EinsumDense`, `Embedding` and `ReversibleEmbedding` are read in int8 and int4, with a factor for each column or
      for each group, in the forms of 3.4 to 3.13 and of 3.14 and later, and the first two in GPTQ and AWQ. (Keras 3.14 and 3.15 leave the
      zeros of these two out of their files, which nothing can read then.) Where each column has a factor, kernels stay integers of 8 bits
      with a scale for each column; other weights become f32. Inputs are quantised in the graph as Keras does it. Weights in f16 and bf16 stay so and compute in f32; a policy like `mixed_float16` computes in f32,
      and the report says so.

      ## Weights alone, onto a graph of ours

      With `--map MODEL` only the weights of a file are taken, whatever else is in it, and put onto a model in any of our encodings
      or a JSON file with a graph, as `from-npy --architecture` takes it. A node gets the weights of the layer of its name; the
      layers of nested models have the models' names before their own (`encoder/dense`), and in a class of a user's own the names
      of attributes count too. What has no namesake gets the only weights that its shapes allow, and the report says so; where
      they allow several, nothing is guessed. Each node reads its weights as the class that `to-keras` writes for it. Constants
      keep the values that MODEL has. Every parameter has to be filled and every array used, unless `--allow-unused` is given.

      ## Classes

      \(converted.count) classes are converted:

      | class | becomes | not supported |
      |---|---|---|

      """
    for row in converted {
      let kinds = row.kinds.isEmpty ? "its input" : row.kinds.map { "`\($0)`" }.joined(separator: ", ")
      text += "| `\(row.name)` | \(kinds) | \(row.limits) |\n"
    }
    text += """

      A `Sequential`, a `Pipeline` and a functional model, nested or shared to any depth, become their layers; `StackedRNNCells` and
      the cells `LSTMCell`, `GRUCell` and `SimpleRNNCell` are read inside of `RNN`. Aliases (`MaxPool2D`, `Convolution2D`, `LSTMV2`, ...)
      count as the classes that they stand for.

      \(refused.count) classes are refused:

      | class | why |
      |---|---|

      """
    for row in refused { text += "| `\(row.name)` | \(row.refusal ?? "") |\n" }
    text += """

      ## Activations

      By name, in `Activation` or as a setting: \((KerasActivation.table.keys + ["hard_sigmoid", "sparsemax"]).sorted().map { "`\($0)`" }.joined(separator: ", ")).

      ## Operations

      In functional graphs, as `keras.ops` of Keras 3, as functions of TensorFlow in Keras 2 (`TFOpLambda`, `SlicingOpLambda`) or
      as nodes of TensorFlow (`TensorFlowOpLayer`): \(KerasOperations.all.keys.sorted().map { "`\($0)`" }.joined(separator: ", ")).

      Arrays that such a graph holds, as kernels and factors, become constants and parameters. These are refused:

      | operations | why |
      |---|---|

      """
    let refusals = Dictionary(grouping: KerasOperations.refused.keys) { KerasOperations.refused[$0] ?? "" }
    for (reason, names) in refusals.sorted(by: { $0.key < $1.key }) {
      text += "| \(names.sorted().map { "`\($0)`" }.joined(separator: ", ")) | \(reason) |\n"
    }
    return "\(text)\n\(exports.text)"
  }
}
