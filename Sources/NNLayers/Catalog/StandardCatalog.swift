extension LayerCatalog {
  /// The kinds of this format, in the order of `spec/layers.md`.
  public static let standard = LayerCatalog([
    // Core
    Dense.self,
    Dropout.self,
    // Convolution
    Convolution.self,
    DepthwiseConvolution.self,
    ConvolutionTranspose.self,
    SeparableConvolution.self,
    LocallyConnected.self,
    // Pooling
    MaxPooling.self,
    AveragePooling.self,
    LpPooling.self,
    AdaptiveMaxPooling.self,
    AdaptiveAveragePooling.self,
    GlobalMaxPooling.self,
    GlobalAveragePooling.self,
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
  ])
}
