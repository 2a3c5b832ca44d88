package import NNFormat

extension Tensor {
  /// The tensor with its axes in another order: axis `i` of the result is axis `axes[i]`.
  ///
  /// - Precondition: `axes` names each axis once.
  package func permuted(_ axes: [Int]) throws(ModelError) -> Tensor {
    precondition(axes.sorted() == Array(0..<shape.rank), "a permutation names each axis once")
    let strides = rowMajorStrides
    return try gathered(axes.map { shape[$0] }, axes.map { strides[$0] }, from: 0)
  }

  /// The elements with indices in `range` along an axis.
  ///
  /// - Precondition: the range lies within the axis.
  package func part(_ range: Range<Int>, axis: Int) throws(ModelError) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= shape[axis], "the part lies within the axis")
    var dimensions = shape.dimensions
    dimensions[axis] = range.count
    let strides = rowMajorStrides
    return try gathered(dimensions, strides, from: range.lowerBound * strides[axis])
  }

  /// The tensor with the order of elements turned round along axes.
  package func reversed(_ axes: [Int]) throws(ModelError) -> Tensor {
    var strides = rowMajorStrides
    var start = 0
    for axis in axes where shape[axis] > 0 {
      start += (shape[axis] - 1) * strides[axis]
      strides[axis] = -strides[axis]
    }
    return try gathered(shape.dimensions, strides, from: start)
  }

  /// Several tensors one after another along an axis.
  ///
  /// - Precondition: they are equal in type and in all other extents.
  package static func joined(_ tensors: [Tensor], axis: Int) throws(ModelError) -> Tensor {
    guard let first = tensors.first else { preconditionFailure("there is something to join") }
    var dimensions = first.shape.dimensions
    dimensions[axis] = tensors.reduce(0) { $0 + $1.shape[axis] }
    let rows = first.shape.dimensions[..<axis].reduce(1, *)
    return Tensor(first.dataType, try Shape(dimensions)) { target in
      var offset = 0
      for row in 0..<rows {
        for tensor in tensors {
          let size = rows == 0 ? 0 : tensor.bytes.count / rows
          tensor.bytes.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + size])
              .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[row * size..<(row + 1) * size]))
          }
          offset += size
        }
      }
    }
  }

  /// The tensor with elements of a floating-point type, each computed from the index and the value of the old one.
  package func mapped(to type: DataType, _ body: (Int, Double) -> Double) throws(ModelError) -> Tensor {
    let (wide, _) = cast(to: .f64)
    let values = wide.elements(as: Double.self)
    let results = values.enumerated().map { body($0.offset, $0.element) }
    return try Tensor(results, shape).cast(to: type).tensor
  }

  private var rowMajorStrides: [Int] {
    var strides = [Int](repeating: 1, count: shape.rank)
    for axis in stride(from: shape.rank - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    return strides
  }

  /// A tensor whose element at a position lies at the sum of the position times `strides`, counted from `start`.
  private func gathered(_ dimensions: [Int], _ strides: [Int], from start: Int) throws(ModelError) -> Tensor {
    let result = try Shape(dimensions)
    return Tensor(dataType, result) { target in
      guard result.count > 0 else { return }
      bytes.withUnsafeBytes { source in
        switch dataType.byteSize {
        case 1: Tensor.gather(source, target, dimensions, strides, start, as: UInt8.self)
        case 2: Tensor.gather(source, target, dimensions, strides, start, as: UInt16.self)
        case 4: Tensor.gather(source, target, dimensions, strides, start, as: UInt32.self)
        default: Tensor.gather(source, target, dimensions, strides, start, as: UInt64.self)
        }
      }
    }
  }

  private static func gather<Element: BitwiseCopyable>(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, _ dimensions: [Int], _ strides: [Int],
    _ start: Int, as type: Element.Type
  ) {
    let size = MemoryLayout<Element>.size
    let inner = dimensions.last ?? 1
    let step = strides.last ?? 1
    var position = [Int](repeating: 0, count: max(dimensions.count - 1, 0))
    var offset = start
    var written = 0
    while true {
      for index in 0..<inner {
        let element = source.loadUnaligned(fromByteOffset: (offset + index * step) * size, as: type)
        target.storeBytes(of: element, toByteOffset: written * size, as: type)
        written += 1
      }
      // The next row, as an odometer counts.
      var axis = position.count - 1
      while axis >= 0 {
        position[axis] += 1
        offset += strides[axis]
        if position[axis] < dimensions[axis] { break }
        offset -= position[axis] * strides[axis]
        position[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
