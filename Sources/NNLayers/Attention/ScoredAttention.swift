import NNFormat
import NNKernels

/// Which pairs of a query and a key may attend.
struct ScoreMask {
  /// One byte a pair, 0 where it may not attend; nil where no input masks.
  var bytes: UnsafePointer<UInt8>?
  /// Bytes from one query to the next; 0 where all have the same.
  var queryStride = 0
  /// Bytes from one key to the next; 0 where all have the same.
  var keyStride = 0
  /// Whether no query may see a key behind it.
  var isCausal = false
  /// How many positions a query sees to each side, itself included; 0 for all.
  var window = 0

  var masksNothing: Bool { bytes == nil && !isCausal && window == 0 }

  @inline(__always)
  func allows(_ query: Int, _ key: Int) -> Bool {
    if isCausal && key > query { return false }
    if window > 0 && (query > key ? query - key : key - query) >= window { return false }
    return bytes.map { $0[query * queryStride + key * keyStride] != 0 } ?? true
  }
}

/// The queries, keys and values of one head of one sample, and where its results go. Strides count elements.
struct AttentionHead {
  var queries: Int
  var keys: Int
  var depth: Int
  var width: Int
  var queryStride: Int
  var keyStride: Int
  var valueStride: Int
  var resultStride: Int

  /// The elements of scratch beside the matrix products': keys transposed, and scores.
  static func scratchCount(queries: Int, keys: Int, depth: Int) -> Int? {
    let (count, overflow) = queries.addingReportingOverflow(depth)
    let (product, productOverflow) = count.multipliedReportingOverflow(by: keys)
    return overflow || productOverflow ? nil : product
  }

  /// The bytes that the two matrix products ask for.
  static func productScratch(_ type: FloatType, queries: Int, keys: Int, depth: Int, width: Int) -> Int {
    max(
      MatrixProduct.scratchByteCount(type, rows: queries, columns: keys, depth: depth),
      MatrixProduct.scratchByteCount(type, rows: queries, columns: width, depth: keys))
  }

  /// Writes `queries · keysᵀ` to `scores[queries, keys]`.
  func score<Scalar: ComputingScalar>(
    _ query: UnsafePointer<Scalar>, _ key: UnsafePointer<Scalar>, transposed: UnsafeMutablePointer<Scalar>,
    scores: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutableRawPointer
  ) {
    for position in 0..<keys {
      for k in 0..<depth { transposed[k * keys + position] = key[position * keyStride + k] }
    }
    MatrixProduct.run(
      Scalar.floatType, rows: queries, columns: keys, depth: depth, a: query, aStride: queryStride,
      b: transposed, result: scores, scratch: scratch)
  }

  /// Writes `softmax(scores) · values` to the results; the scores become their softmax.
  func combine<Scalar: ComputingScalar>(
    _ scores: UnsafeMutablePointer<Scalar>, _ value: UnsafePointer<Scalar>,
    to result: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutableRawPointer
  ) {
    NNKernels.Softmax.run(Scalar.floatType, outer: queries, axis: keys, from: scores, to: scores)
    MatrixProduct.run(
      Scalar.floatType, rows: queries, columns: width, depth: keys, a: scores, b: value, bStride: valueStride,
      result: result, resultStride: resultStride, scratch: scratch)
  }

  /// Applies a function to the scores of the pairs that may not attend.
  @inline(__always)
  func mask<Scalar: ComputingScalar>(
    _ scores: UnsafeMutablePointer<Scalar>, _ mask: ScoreMask, _ change: (Scalar) -> Scalar
  ) {
    guard !mask.masksNothing else { return }
    for query in 0..<queries {
      for key in 0..<keys where !mask.allows(query, key) {
        scores[query * keys + key] = change(scores[query * keys + key])
      }
    }
  }
}
