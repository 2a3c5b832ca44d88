extension LayerCatalog {
  /// The kinds of this format, in the order of `spec/layers.md`.
  public static let standard = LayerCatalog([
    // Core
    Dense.self,
    Dropout.self,
    EinsumDense.self,
    Embedding.self,
    Masking.self,
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
    // Normalization
    BatchNormalization.self,
    LayerNormalization.self,
    RMSNormalization.self,
    GroupNormalization.self,
    InstanceNormalization.self,
    UnitNormalization.self,
    // Preprocessing
    Normalization.self,
    Rescaling.self,
    CategoryEncoding.self,
    Discretization.self,
    // Attention
    Attention.self,
    AdditiveAttention.self,
    MultiHeadAttention.self,
    GroupedQueryAttention.self,
    RotaryEmbedding.self,
    // Shape
    Flatten.self,
    Reshape.self,
    // Merging
    Add.self,
    Concatenate.self,
  ])
}
