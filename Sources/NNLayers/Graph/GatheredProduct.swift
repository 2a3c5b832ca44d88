import NNFormat
import NNKernels

/// Inner products over rows that lie apart: `y = Σ factors[k] · rows[sources[k]]`, k ascending, as `spec/numerics.md` defines it.
struct GatheredProduct {
  /// Inner products run over so many terms at once, so that no more rows than this need lie together.
  private static let run = 256
  let type: FloatType
  /// The extent of a row.
  let columns: Int
  /// Elements from one row to the next.
  let stride: Int

  /// The rows of working memory, of `columns` elements each, for so many terms.
  static func scratchRows(terms: Int) -> Int { min(terms, run) + 1 }

  /// Writes the sum of the terms to `result`; +0 without terms.
  func run(
    _ terms: Range<Int>, factors: UnsafeRawPointer, sources: UnsafePointer<Int>, rows: UnsafeRawPointer,
    to result: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    let rowSize = columns * type.byteSize
    guard !terms.isEmpty else {
      result.initializeMemory(as: UInt8.self, repeating: 0, count: rowSize)
      return
    }
    var first = terms.lowerBound
    while first < terms.upperBound {
      let last = min(first + GatheredProduct.run, terms.upperBound)
      for term in first..<last {
        // Sources were checked: each is a row's number. At most `run` rows are gathered.
        (scratch + (term - first) * rowSize).copyMemory(
          from: rows + sources[term] * stride * type.byteSize, byteCount: rowSize)
      }
      let isFirst = first == terms.lowerBound
      let part = isFirst ? result : scratch + (last - first) * rowSize
      MatrixProduct.run(
        type, rows: 1, columns: columns, depth: last - first, a: factors + first * type.byteSize,
        b: scratch, result: part)
      if !isFirst { Addition.run(type, result, part, to: result, count: columns) }
      first = last
    }
  }
}
