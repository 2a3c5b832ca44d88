import NNFormat

/// Writes the settings of the first generation of Keras as the later ones name them.
///
/// Source: the configurations of Keras 1.2.2 (`keras/layers`), and what Keras 2 itself renames (`keras/legacy/interfaces.py`).
enum KerasLegacy {
  /// The layer under its name and with the settings of today, where an old release wrote it.
  static func modern(_ layer: KerasLayer, _ generation: KerasGeneration) -> KerasLayer {
    let className = classes[layer.className] ?? layer.className
    guard generation == .one else {
      return className == layer.className ? layer : layer.with(layer.config, className: className)
    }
    var config = JSONObject()
    for (name, value) in layer.config.members {
      guard !dropped.contains(name) else { continue }
      let new = own[className]?[name] ?? settings[name] ?? name
      config[new] = new == "data_format" ? dataFormat(value) : value
    }
    collect(["nb_row", "nb_col"], as: "kernel_size", of: layer.config, into: &config)
    collect(["kernel_dim1", "kernel_dim2", "kernel_dim3"], as: "kernel_size", of: layer.config, into: &config)
    if className == "TimeDistributedDense" { return layer.with(config, className: "Dense") }
    return layer.with(config, className: className)
  }

  /// Classes under the names of their aliases.
  private static let classes = [
    "Convolution1D": "Conv1D", "Convolution2D": "Conv2D", "Convolution3D": "Conv3D",
    "AtrousConvolution1D": "Conv1D", "AtrousConvolution2D": "Conv2D", "AtrousConv1D": "Conv1D",
    "AtrousConv2D": "Conv2D", "Deconvolution2D": "Conv2DTranspose", "Deconvolution3D": "Conv3DTranspose",
    "Convolution1DTranspose": "Conv1DTranspose", "Convolution2DTranspose": "Conv2DTranspose",
    "Convolution3DTranspose": "Conv3DTranspose", "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D", "MaxPool1D": "MaxPooling1D", "MaxPool2D": "MaxPooling2D",
    "MaxPool3D": "MaxPooling3D", "AvgPool1D": "AveragePooling1D", "AvgPool2D": "AveragePooling2D",
    "AvgPool3D": "AveragePooling3D", "GlobalMaxPool1D": "GlobalMaxPooling1D", "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalMaxPool3D": "GlobalMaxPooling3D", "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D", "GlobalAvgPool3D": "GlobalAveragePooling3D",
    "BatchNormalizationV1": "BatchNormalization", "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization", "LSTMV1": "LSTM", "LSTMV2": "LSTM", "GRUV1": "GRU", "GRUV2": "GRU",
    "GroupQueryAttention": "GroupedQueryAttention",
  ]

  /// Settings under their later names, whatever the class.
  private static let settings = [
    "output_dim": "units", "nb_filter": "filters", "filter_length": "kernel_size", "subsample_length": "strides",
    "subsample": "strides", "border_mode": "padding", "bias": "use_bias", "atrous_rate": "dilation_rate",
    "dim_ordering": "data_format", "inner_activation": "recurrent_activation", "p": "rate", "sigma": "stddev",
    "pool_length": "pool_size", "stride": "strides", "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "W_constraint": "kernel_constraint", "b_constraint": "bias_constraint", "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout", "consume_less": "implementation",
  ]

  /// Settings that a class names otherwise.
  private static let own: [String: [String: String]] = [
    "Embedding": ["output_dim": "output_dim"],
    "UpSampling1D": ["length": "size"],
    "Merge": ["concat_axis": "concat_axis"],
    "BatchNormalization": ["mode": "mode"],
  ]

  /// Settings that say nothing about inference.
  private static let dropped: Set<String> = [
    "nb_row", "nb_col", "kernel_dim1", "kernel_dim2", "kernel_dim3", "forget_bias_init",
  ]

  private static func dataFormat(_ value: JSONValue) -> JSONValue {
    switch value.string {
    case "th": "channels_first"
    case "tf": "channels_last"
    default: value
    }
  }

  private static func collect(_ names: [String], as new: String, of old: JSONObject, into config: inout JSONObject) {
    let values = names.compactMap { old[$0] }
    if values.count == names.count { config[new] = .array(values) }
  }
}
