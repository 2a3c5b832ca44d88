/// The parts of a tensor along its first dimension, one after another, none of them a copy.
///
///     for batch in samples.batches(of: 64) { ... }
public struct TensorBatches: Sequence, Sendable {
  /// A part.
  public typealias Element = Tensor
  /// The whole tensor.
  public let tensor: Tensor
  /// How many rows a part has; the last may have fewer.
  public let size: Int

  /// Goes from part to part.
  public struct Iterator: IteratorProtocol, Sendable {
    private let tensor: Tensor
    private let size: Int
    private var start = 0

    init(_ tensor: Tensor, size: Int) {
      self.tensor = tensor
      self.size = size
    }

    /// The next part, or nil.
    public mutating func next() -> Tensor? {
      guard start < tensor.shape[0] else { return nil }
      let end = start + Swift.min(size, tensor.shape[0] - start)
      defer { start = end }
      return tensor.rows(start..<end)
    }
  }

  /// Begins with the first part.
  public func makeIterator() -> Iterator { Iterator(tensor, size: size) }

  /// How many parts there are.
  public var underestimatedCount: Int { tensor.shape[0] / size + (tensor.shape[0] % size == 0 ? 0 : 1) }
}

extension Tensor {
  /// Some rows along the first dimension, without a copy.
  ///
  /// - Precondition: the tensor has a dimension, and the rows are there.
  public func rows(_ range: Range<Int>) -> Tensor {
    precondition(shape.rank > 0, "a scalar has no rows")
    precondition(range.lowerBound >= 0 && range.upperBound <= shape[0], "the rows lie outside of the tensor")
    let size = shape[0] == 0 ? 0 : bytes.count / shape[0]
    return Tensor(
      part: self, bytes: bytes[range.lowerBound * size..<range.upperBound * size], rows: range.count)
  }

  /// The parts of up to `size` rows along the first dimension, without a copy.
  ///
  /// - Precondition: the tensor has a dimension, and `size` is at least 1.
  public func batches(of size: Int) -> TensorBatches {
    precondition(shape.rank > 0, "a scalar has no rows")
    precondition(size > 0, "a batch has at least one row")
    return TensorBatches(tensor: self, size: size)
  }
}
