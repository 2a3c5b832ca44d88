extension LayerCatalog {
  /// Names that people expect as kinds and that are none, with the reason and what to write instead.
  static let kindsWithoutLayer: [String: String] = [
    "lambda": "a lambda holds code of Python, which nothing else can run; write what it computes as layers, "
      + "or pass a layer of your own with LayerCatalog.standard.adding",
    "time_distributed":
      "time_distributed is no layer here: kinds that work on the last dimensions take a time dimension as it is; "
      + "for others, reshape [batch, time, ...] to [batch * time, ...] before and back after",
    "activation": "activations are nodes of their own here; use the activation's name as the kind, such as 'relu'",
    "input": "inputs are no nodes; list them under 'inputs' of the graph",
    "input_layer": "inputs are no nodes; list them under 'inputs' of the graph",
    "sequential": "graphs are not nested here; list the nodes of the inner model in its place",
    "functional": "graphs are not nested here; list the nodes of the inner model in its place",
  ]
}
