extension KerasOperations {
  /// Why operations are refused that `keras.ops` has and the table has not.
  static let refused: [String: String] = {
    var table: [String: String] = [:]
    func refuse(_ reason: String, _ names: String...) {
      for name in names { table[name] = reason }
    }
    refuse(
      "works on the bits of integers", "bitwise_and", "bitwise_invert", "bitwise_not", "bitwise_or", "bitwise_xor",
      "bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift", "view", "nextafter", "signbit", "ldexp")
    refuse(
      "works on complex numbers, or is a Fourier transform, of which there is none among the kinds", "angle", "conj",
      "conjugate", "imag", "real", "isreal", "polar", "view_as_complex", "view_as_real", "fft", "fft2", "ifft2", "rfft",
      "irfft", "stft", "istft", "extract_sequences")
    refuse(
      "factorises or solves, for which there is no kind", "cholesky", "cholesky_inverse", "det", "eig", "eigh", "inv",
      "lu_factor", "qr", "solve", "solve_triangular", "svd", "lstsq", "matrix_rank", "pinv", "slogdet", "logdet",
      "cond",
      "corrcoef")
    refuse(
      "runs a function of its user's, which is Python code", "map", "scan", "associative_scan", "switch", "while_loop",
      "fori_loop", "vectorized_map", "jvp", "custom_gradient")
    refuse(
      "its extents depend on the values", "nonzero", "unique", "bincount", "histogram")
    refuse(
      "measures training, not what a model computes", "binary_crossentropy", "categorical_crossentropy",
      "sparse_categorical_crossentropy", "ctc_loss", "ctc_decode", "psnr", "ssim", "in_top_k")
    refuse(
      "is not in the table of what is converted", "segment_prod", "arange", "linspace", "logspace",
      "geomspace", "erfinv", "i0", "gcd", "lcm", "nancumprod", "nanmedian", "nanpercentile", "nanquantile",
      "argpartition", "meshgrid",
      "kron", "vander", "correlate", "diag", "diagflat", "scatter",
      "scatter_update", "unravel_index", "fold", "full", "shape", "size", "ndim",
      "affine_transform", "elastic_transform",
      "map_coordinates", "perspective_transform", "scale_and_translate")
    return table
  }()
}
