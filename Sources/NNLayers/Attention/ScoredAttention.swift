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

  /// How many queries attend at a time: as many as have scores that stay in the second cache.
  static func blockQueries(queries: Int, keys: Int) -> Int {
    max(1, min(queries, max(16, (1 << 16) / max(1, keys))))
  }

  /// The bytes for the scores of the queries that attend at a time, rounded up so that no two threads share a cache line.
  static func scoresByteCount(_ type: FloatType, queries: Int, keys: Int) -> Int {
    let block = blockQueries(queries: queries, keys: keys)
    return block.multipliedClamped(by: keys).multipliedClamped(by: type.byteSize).roundedUpClamped(to: 64)
  }

  /// How many multiplications one block takes.
  var blockCost: Int {
    AttentionHead.blockQueries(queries: queries, keys: keys).multipliedClamped(by: keys)
      .multipliedClamped(by: depth + width)
  }

  /// How many blocks there are.
  var blocks: Int {
    let size = AttentionHead.blockQueries(queries: queries, keys: keys)
    return (queries + size - 1) / size
  }

  /// The queries of a block.
  func block(_ index: Int) -> Range<Int> {
    let size = AttentionHead.blockQueries(queries: queries, keys: keys)
    return index * size..<min(queries, (index + 1) * size)
  }

  /// Writes `queries · keysᵀ` of some queries, and the steps of it, to `scores[block, keys]`.
  func score<Scalar: ComputingScalar>(
    _ block: Range<Int>, _ query: UnsafePointer<Scalar>, _ key: UnsafePointer<Scalar>,
    steps: UnsafeBufferPointer<ElementStep> = .none, scores: UnsafeMutablePointer<Scalar>
  ) {
    MatrixProduct.run(
      Scalar.floatType, rows: block.count, columns: keys, depth: depth, a: query + block.lowerBound * queryStride,
      aStride: queryStride, b: key, bStride: keyStride, bTransposed: true, steps: steps, result: scores)
  }

  /// Writes `softmax(scores) · values` to the results of some queries; the scores become their softmax.
  func combine<Scalar: ComputingScalar>(
    _ block: Range<Int>, _ scores: UnsafeMutablePointer<Scalar>, _ value: UnsafePointer<Scalar>,
    to result: UnsafeMutablePointer<Scalar>
  ) {
    NNKernels.Softmax.run(Scalar.floatType, outer: block.count, axis: keys, from: scores, to: scores)
    MatrixProduct.run(
      Scalar.floatType, rows: block.count, columns: width, depth: keys, a: scores, b: value, bStride: valueStride,
      result: result + block.lowerBound * resultStride, resultStride: resultStride)
  }

  /// Applies a function to the scores of the pairs that may not attend.
  @inline(__always)
  func mask<Scalar: ComputingScalar>(
    _ block: Range<Int>, _ scores: UnsafeMutablePointer<Scalar>, _ mask: ScoreMask, _ change: (Scalar) -> Scalar
  ) {
    guard !mask.masksNothing else { return }
    for query in block {
      let row = scores + (query - block.lowerBound) * keys
      for key in 0..<keys where !mask.allows(query, key) { row[key] = change(row[key]) }
    }
  }
}
