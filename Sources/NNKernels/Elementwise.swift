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
  case sqrt
  /// `1 / sqrt(x)`.
  case rsqrt
  case reciprocal
  case square
  case abs
  case neg
  case sign
  case floor
  case ceil
  /// The nearest integer, ties to even.
  case round
  case sin
  case cos
  case tan
  case asin
  case acos
  case atan
  case sinh
  case cosh
  case asinh
  case acosh
  case atanh
  /// `x` where `x >= 0`, else `alpha * expm1(x / alpha)`.
  case celu(alpha: Double)
  case logSigmoid
  case sparsePlus
  case sparseSigmoid
  /// `0.5 * (x + sqrt(x * x + b))`.
  case squareplus(b: Double)
  case tanhShrink
  /// `min(max(x, low), high)`.
  case clip(from: Double, to: Double)
  /// `value` where `x <= threshold`, else `x`.
  case threshold(Double, otherwise: Double)
  /// `x - bias` where `x > threshold`, `x + bias` where `x < -threshold`, else 0.
  case shrink(threshold: Double, bias: Double)

  /// Writes the function of `count` elements of `source` to `result`, which may be the same memory.
  package func run(
    _ type: FloatType, from source: UnsafeRawPointer, to result: UnsafeMutableRawPointer, count: Int,
    variant: KernelVariant = .current
  ) {
    precondition(count >= 0)
    let (function, alpha, beta) = code
    variant.withKernels(type) { $0.elementwise(function, source, result, count, alpha, beta) }
  }

  /// The function in C, and its two parameters.
  var code: (nnk_function, Double, Double) {
    switch self {
    case .linear: (NNK_LINEAR, 0, 0)
    case .exponential: (NNK_EXP, 0, 0)
    case .logarithm: (NNK_LOG, 0, 0)
    case .tanh: (NNK_TANH, 0, 0)
    case .log1p: (NNK_LOG1P, 0, 0)
    case .expm1: (NNK_EXPM1, 0, 0)
    case .erf: (NNK_ERF, 0, 0)
    case .sigmoid: (NNK_SIGMOID, 0, 0)
    case .relu: (NNK_RELU, 0, 0)
    case .relu6: (NNK_RELU6, 0, 0)
    case .leakyReLU(let slope): (NNK_LEAKY_RELU, slope, 0)
    case .elu(let alpha): (NNK_ELU, alpha, 0)
    case .selu: (NNK_SELU, 0, 0)
    case .softplus: (NNK_SOFTPLUS, 0, 0)
    case .softsign: (NNK_SOFTSIGN, 0, 0)
    case .gelu: (NNK_GELU, 0, 0)
    case .geluTanh: (NNK_GELU_TANH, 0, 0)
    case .silu: (NNK_SILU, 0, 0)
    case .mish: (NNK_MISH, 0, 0)
    case .hardSigmoidKeras2: (NNK_HARD_SIGMOID_KERAS2, 0, 0)
    case .hardSigmoidKeras3: (NNK_HARD_SIGMOID_KERAS3, 0, 0)
    case .hardSwish: (NNK_HARD_SWISH, 0, 0)
    case .sqrt: (NNK_SQRT, 0, 0)
    case .rsqrt: (NNK_RSQRT, 0, 0)
    case .reciprocal: (NNK_RECIPROCAL, 0, 0)
    case .square: (NNK_SQUARE, 0, 0)
    case .abs: (NNK_ABS, 0, 0)
    case .neg: (NNK_NEG, 0, 0)
    case .sign: (NNK_SIGN, 0, 0)
    case .floor: (NNK_FLOOR, 0, 0)
    case .ceil: (NNK_CEIL, 0, 0)
    case .round: (NNK_ROUND, 0, 0)
    case .sin: (NNK_SIN, 0, 0)
    case .cos: (NNK_COS, 0, 0)
    case .tan: (NNK_TAN, 0, 0)
    case .asin: (NNK_ASIN, 0, 0)
    case .acos: (NNK_ACOS, 0, 0)
    case .atan: (NNK_ATAN, 0, 0)
    case .sinh: (NNK_SINH, 0, 0)
    case .cosh: (NNK_COSH, 0, 0)
    case .asinh: (NNK_ASINH, 0, 0)
    case .acosh: (NNK_ACOSH, 0, 0)
    case .atanh: (NNK_ATANH, 0, 0)
    case .celu(let alpha): (NNK_CELU, alpha, 0)
    case .logSigmoid: (NNK_LOG_SIGMOID, 0, 0)
    case .sparsePlus: (NNK_SPARSE_PLUS, 0, 0)
    case .sparseSigmoid: (NNK_SPARSE_SIGMOID, 0, 0)
    case .squareplus(let b): (NNK_SQUAREPLUS, b, 0)
    case .tanhShrink: (NNK_TANH_SHRINK, 0, 0)
    case .clip(let low, let high): (NNK_CLIP, low, high)
    case .threshold(let threshold, let value): (NNK_THRESHOLD, threshold, value)
    case .shrink(let threshold, let bias): (NNK_SHRINK, threshold, bias)
    }
  }
}
