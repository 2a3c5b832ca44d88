extension LayerCatalog {
  /// The kinds of this format, in the order of `spec/layers.md`.
  public static let standard = LayerCatalog([
    // Core
    Dense.self,
    // Activations
    Linear.self,
    ReLU.self,
    ReLU6.self,
    LeakyReLU.self,
    ELU.self,
    SELU.self,
    GELU.self,
    SiLU.self,
    Mish.self,
    Sigmoid.self,
    HardSigmoid.self,
    HardSwish.self,
    Tanh.self,
    Softplus.self,
    Softsign.self,
    Exponential.self,
    Softmax.self,
    LogSoftmax.self,
    // Shape
    Flatten.self,
    Reshape.self,
    // Merging
    Add.self,
    Concatenate.self,
    // Stochastic
    Dropout.self,
    AlphaDropout.self,
    GaussianDropout.self,
    GaussianNoise.self,
    GaussianSampling.self,
    DenseVariational.self,
    // Losses
    MeanSquaredError.self,
    MeanAbsoluteError.self,
    Huber.self,
    LogCosh.self,
    BinaryCrossEntropy.self,
    CategoricalCrossEntropy.self,
    KLDivergence.self,
    Poisson.self,
    Hinge.self,
    SquaredHinge.self,
    CosineSimilarity.self,
    Entropy.self,
  ])
}
