import NNFormat

extension KerasClass {
  /// Layers that act in training only, and are left out.
  static let regularization: [KerasClass] =
    [
      "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout", "GaussianDropout",
      "GaussianNoise", "ActivityRegularization", "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom",
      "RandomContrast", "RandomBrightness", "RandomHeight", "RandomWidth", "RandomColorDegeneration",
      "RandomColorJitter", "RandomErasing", "RandomElasticTransform", "RandomGaussianBlur", "RandomGrayscale",
      "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomSaturation", "RandomSharpness",
      "RandomShear", "Solarization", "AugMix", "CutMix", "MixUp", "RandAugment",
    ].map { name in
      KerasClass(name, masks: name.hasPrefix("Random") ? .dropped : .carried) { site throws(ModelError) in
        site.settings.ignoreAll()
        return [try site.input()]
      }
    }

  /// Classes that are refused, and why.
  static let refused: [KerasClass] = [
    KerasClass(
      refused: "Lambda",
      because:
        "a function of its user's, which is Python code; --custom NAME=KIND puts a kind of spec/layers.md in its place, under the layer's name or the function's"
    ),
    KerasClass(refused: "TextVectorization", because: "works on text"),
    KerasClass(refused: "StringLookup", because: "works on text"),
    KerasClass(refused: "Hashing", because: "works on text"),
    KerasClass(refused: "HashedCrossing", because: "works on text"),
    KerasClass(refused: "DenseFeatures", because: "works on columns of features by name"),
    KerasClass(refused: "TFSMLayer", because: "the computation is in a SavedModel beside the file"),
    KerasClass(refused: "JaxLayer", because: "a function of its user's, which is Python code"),
    KerasClass(refused: "FlaxLayer", because: "a function of its user's, which is Python code"),
    KerasClass(refused: "TorchModuleWrapper", because: "a pickled module of PyTorch"),
    KerasClass(refused: "Equalization", because: "equalises each image by its histogram"),
    KerasClass(
      refused: "ContrastLimitedAdaptiveHistogramEqualization", because: "equalises each image by its histogram"),
    KerasClass(refused: "MaxNumBoundingBoxes", because: "works on bounding boxes by name"),
  ]
}

extension KerasSettings {
  /// Says that no setting has an effect.
  func ignoreAll() {
    for name in layer.config.names { ignore(name) }
  }
}
