import CNNKernels

/// A function of one number, applied to each element.
///
/// Each is the formula that Keras writes, every step rounded; `spec/numerics.md` lists them.
package enum Elementwise: Hashable, Sendable {
  case linear
  case exponential
  case logarithm
  case tanh
  case log1p
  case expm1
  case erf
  case sigmoid
  case relu
  case relu6
  /// `x` where `x >= 0`, else `slope * x`.
  case leakyReLU(slope: Double)
  /// `x` where `x >= 0`, else `alpha * expm1(x)`.
  case elu(alpha: Double)
  case selu
  case softplus
  case softsign
  /// The exact form, with erf.
  case gelu
  /// The approximation with tanh.
  case geluTanh
  case silu
  case mish
  /// `clip(0.2 * x + 0.5, 0, 1)`.
  case hardSigmoidKeras2
  /// `clip(x / 6 + 0.5, 0, 1)`.
  case hardSigmoidKeras3
  /// `x * clip(x / 6 + 0.5, 0, 1)`.
  case hardSwish

  /// Writes the function of `count` elements of `source` to `result`, which may be the same memory.
  package func run(
    _ type: FloatType, from source: UnsafeRawPointer, to result: UnsafeMutableRawPointer, count: Int,
    variant: KernelVariant = .current
  ) {
    precondition(count >= 0)
    let (function, alpha) = code
    variant.withKernels(type) { $0.elementwise(function, source, result, count, alpha) }
  }

  private var code: (nnk_function, Double) {
    switch self {
    case .linear: (NNK_LINEAR, 0)
    case .exponential: (NNK_EXP, 0)
    case .logarithm: (NNK_LOG, 0)
    case .tanh: (NNK_TANH, 0)
    case .log1p: (NNK_LOG1P, 0)
    case .expm1: (NNK_EXPM1, 0)
    case .erf: (NNK_ERF, 0)
    case .sigmoid: (NNK_SIGMOID, 0)
    case .relu: (NNK_RELU, 0)
    case .relu6: (NNK_RELU6, 0)
    case .leakyReLU(let slope): (NNK_LEAKY_RELU, slope)
    case .elu(let alpha): (NNK_ELU, alpha)
    case .selu: (NNK_SELU, 0)
    case .softplus: (NNK_SOFTPLUS, 0)
    case .softsign: (NNK_SOFTSIGN, 0)
    case .gelu: (NNK_GELU, 0)
    case .geluTanh: (NNK_GELU_TANH, 0)
    case .silu: (NNK_SILU, 0)
    case .mish: (NNK_MISH, 0)
    case .hardSigmoidKeras2: (NNK_HARD_SIGMOID_KERAS2, 0)
    case .hardSigmoidKeras3: (NNK_HARD_SIGMOID_KERAS3, 0)
    case .hardSwish: (NNK_HARD_SWISH, 0)
    }
  }
}
