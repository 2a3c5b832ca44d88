package import NNFormat

extension Tensor {
  /// The matrix with rows and columns exchanged.
  ///
  /// - Precondition: there are two dimensions.
  package func transposed() throws(ModelError) -> Tensor {
    precondition(shape.rank == 2, "only a matrix is transposed")
    let (rows, columns) = (shape[0], shape[1])
    return Tensor(dataType, try Shape([columns, rows])) { target in
      bytes.withUnsafeBytes { source in
        switch dataType.byteSize {
        case 1: Tensor.transpose(source, target, rows, columns, as: UInt8.self)
        case 2: Tensor.transpose(source, target, rows, columns, as: UInt16.self)
        case 4: Tensor.transpose(source, target, rows, columns, as: UInt32.self)
        default: Tensor.transpose(source, target, rows, columns, as: UInt64.self)
        }
      }
    }
  }

  /// In tiles, so that both sides stay in the cache.
  private static func transpose<Element: BitwiseCopyable>(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, _ rows: Int, _ columns: Int,
    as type: Element.Type
  ) {
    let tile = 32
    let size = MemoryLayout<Element>.size
    for top in stride(from: 0, to: rows, by: tile) {
      for left in stride(from: 0, to: columns, by: tile) {
        for row in top..<min(top + tile, rows) {
          for column in left..<min(left + tile, columns) {
            let element = source.loadUnaligned(fromByteOffset: (row * columns + column) * size, as: type)
            target.storeBytes(of: element, toByteOffset: (column * rows + row) * size, as: type)
          }
        }
      }
    }
  }
}
