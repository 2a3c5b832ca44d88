package import NNFormat

extension Dimension {
  /// The sum of an extent and a number, which may be negative; open if the extent is and the number is not 0.
  ///
  /// - Throws: ``ModelProblem/shapeOverflow(_:)``.
  package func plus(_ number: Int) throws(ModelError) -> Dimension {
    guard let value else { return number == 0 ? self : .unknown }
    let (sum, overflow) = value.addingReportingOverflow(number)
    guard !overflow else { throw ModelError(ModelProblem.shapeOverflow([value, number])) }
    return .known(sum)
  }

  /// The product of an extent and a number; open if the extent is and the number is not 1.
  ///
  /// - Throws: ``ModelProblem/shapeOverflow(_:)``.
  package func times(_ number: Int) throws(ModelError) -> Dimension {
    guard let value else { return number == 1 ? self : number == 0 ? .known(0) : .unknown }
    let (product, overflow) = value.multipliedReportingOverflow(by: number)
    guard !overflow else { throw ModelError(ModelProblem.shapeOverflow([value, number])) }
    return .known(product)
  }

  /// The extent that two values have in common; nil if they cannot be equal.
  package func unified(with other: Dimension) -> Dimension? {
    switch (self, other) {
    case (.known(let own), .known(let another)): own == another ? self : nil
    case (_, .known), (.unknown, _): other
    case (.known, _), (.symbol, _): self
    }
  }
}

extension TensorType {
  /// This type, if a value of it can exist.
  ///
  /// - Throws: ``ModelProblem`` if it has too many dimensions, or fixed extents whose product overflows.
  package func countable() throws(ModelError) -> TensorType {
    guard rank <= Shape.maximumRank else { throw ModelError(ModelProblem.rankTooLarge(rank)) }
    _ = try knownShape()
    return self
  }

  /// Demands a rank.
  package func requireRank(_ wanted: ClosedRange<Int>, index: Int) throws(ModelError) {
    guard !wanted.contains(rank) else { return }
    let words =
      wanted.upperBound == Shape.maximumRank
      ? "of rank \(wanted.lowerBound) or more"
      : wanted.count == 1
        ? "of rank \(wanted.lowerBound)" : "of rank \(wanted.lowerBound) to \(wanted.upperBound)"
    throw ModelError(LayerProblem.badInput(index: index, expected: words, found: self))
  }
}
