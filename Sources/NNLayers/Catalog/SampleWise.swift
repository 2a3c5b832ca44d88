import NNFormat

/// What is known of kinds of layers and the samples of a batch, which are the rows along the first dimension.
enum SampleWise {
  /// Kinds that compute each sample from the same sample of each input, unless they go along the first axis.
  ///
  /// Element-wise layers are so, too. What is missing here may be so or not, and is not taken for it.
  static let kinds: Set<String> = Set(
    core + convolutions + pools + normalizations + sequences + merges + reductions)

  private static let core = [
    Dense.kind, PReLU.kind, Embedding.kind, Masking.kind, Softmax.kind, LogSoftmax.kind, GLU.kind, Flatten.kind,
    Dropout.kind, GaussianDropout.kind, GaussianNoise.kind, AlphaDropout.kind, DenseVariational.kind, Rescaling.kind,
    Normalization.kind, Discretization.kind, RepeatVector.kind,
  ]
  private static let convolutions = [
    Convolution.kind, DepthwiseConvolution.kind, SeparableConvolution.kind, ConvolutionTranspose.kind,
    LocallyConnected.kind, Cropping.kind, UpSampling.kind, DepthToSpace.kind, SpaceToDepth.kind,
  ]
  private static let pools = [
    MaxPooling.kind, AveragePooling.kind, LpPooling.kind, GlobalMaxPooling.kind, GlobalAveragePooling.kind,
    AdaptiveMaxPooling.kind, AdaptiveAveragePooling.kind,
  ]
  private static let normalizations = [
    BatchNormalization.kind, LayerNormalization.kind, GroupNormalization.kind, InstanceNormalization.kind,
    LocalResponseNormalization.kind, RMSNormalization.kind, UnitNormalization.kind,
  ]
  private static let sequences = [
    LSTM.kind, GRU.kind, SimpleRNN.kind, ConvLSTM.kind, Attention.kind, AdditiveAttention.kind,
    MultiHeadAttention.kind, GroupedQueryAttention.kind, RotaryEmbedding.kind,
  ]
  private static let merges = [
    Add.kind, Subtract.kind, Multiply.kind, Divide.kind, Average.kind, Maximum.kind, Minimum.kind, Power.kind,
    Concatenate.kind,
  ]
  private static let reductions = [
    ReduceSum.kind, ReduceMean.kind, ReduceMax.kind, ReduceMin.kind, ReduceProd.kind, ReduceL1.kind, ReduceL2.kind,
    ReduceLogSumExp.kind, ArgMax.kind, ArgMin.kind, CumulativeSum.kind, TopK.kind,
  ]

  /// Whether a layer says that it goes along the first of `rank` axes, or along all.
  static func goesAlongFirstAxis(_ fields: JSONObject, rank: Int) -> Bool {
    fields.members.contains { name, value in
      guard name == "axis" || name == "axes" else { return false }
      let axes = value.array ?? [value]
      return axes.isEmpty || axes.contains { $0.int.map { $0 == 0 || $0 == -rank } ?? true }
    }
  }
}

extension CheckedGraph {
  /// Whether each sample of the outputs is known to depend on the same sample of each input alone, so that a batch may be cut
  /// anywhere: all values begin with the same open extent, and no layer is known to go along it, or not known at all.
  public var isSampleWise: Bool {
    guard case .symbol(let samples)? = inputs.first?.type.shape.first else { return false }
    func isBatch(_ type: TensorType) -> Bool { type.shape.first == .symbol(samples) }
    func isPlain(_ type: TensorType) -> Bool { isBatch(type) && !type.shape.dropFirst().contains(.symbol(samples)) }
    guard inputs.allSatisfy({ isPlain($0.type) }), outputs.allSatisfy({ isPlain($0.type) }) else { return false }
    return nodes.allSatisfy { node in
      guard node.inputs.allSatisfy(isPlain), node.outputs.allSatisfy(isPlain) else { return false }
      if node.layer.roles.elementwise != nil { return true }
      return SampleWise.kinds.contains(node.node.kind)
        && !SampleWise.goesAlongFirstAxis(node.layer.encodedFields, rank: node.inputs.first?.rank ?? 0)
    }
  }
}
