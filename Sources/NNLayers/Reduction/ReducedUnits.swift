import NNKernels

/// What is added up.
enum SummedTerm {
  case element
  case magnitude
  case square
}

/// How elements are combined one after another.
enum ReductionFold {
  case greatest
  case least
  case product
}

/// The sums of a reduction's units.
struct SummedUnits<Scalar: ComputingScalar>: DividedWork {
  let reduced: Reduced
  let term: SummedTerm
  let x: UnsafePointer<Scalar>
  /// Room for terms that are not the elements.
  let terms: UnsafeMutablePointer<Scalar>
  let y: UnsafeMutablePointer<Scalar>

  func run(_ units: Range<Int>, part: Int) {
    let count = reduced.unitCount
    let elements = units.lowerBound * count..<units.upperBound * count
    switch term {
    case .element: return reduced.sum(units, x, to: y)
    case .magnitude: for index in elements { terms[index] = x[index].magnitude }
    case .square: for index in elements { terms[index] = x[index] * x[index] }
    }
    reduced.sum(units, terms, to: y)
  }
}

/// The folds of a reduction's units.
struct FoldedUnits<Scalar: ComputingScalar>: DividedWork {
  let reduced: Reduced
  let fold: ReductionFold
  let x: UnsafePointer<Scalar>
  let y: UnsafeMutablePointer<Scalar>

  func run(_ units: Range<Int>, part: Int) {
    switch fold {
    case .greatest: reduced.fold(units, x, to: y, -Scalar.infinity) { $0 > $1 || $0.isNaN ? $0 : $1 }
    case .least: reduced.fold(units, x, to: y, Scalar.infinity) { $0 < $1 || $0.isNaN ? $0 : $1 }
    case .product: reduced.fold(units, x, to: y, 1) { $0 * $1 }
    }
  }
}

extension Reduced {
  /// Adds up some units by the rule of sums.
  func sum<Scalar: ComputingScalar>(
    _ units: Range<Int>, _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>
  ) {
    let results = unitResults
    guard count > 0 else { return (y + units.lowerBound * results).update(repeating: 0, count: units.count * results) }
    let type = Scalar.floatType
    if let (_, extent, inner) = single {
      return Reduction.sum.run(
        type, outer: units.count, axis: extent, inner: inner, from: x + units.lowerBound * unitCount,
        to: y + units.lowerBound * results)
    }
    let reducesRuns = reducesRuns
    forEachRun(of: units) { from, to, count, isFirst in
      switch (reducesRuns, isFirst) {
      case (true, true): Reduction.sum.run(type, outer: 1, axis: count, from: x + from, to: y + to)
      case (true, false):
        var part: Scalar = 0
        Reduction.sum.run(type, outer: 1, axis: count, from: x + from, to: &part)
        Addition.run(type, y + to, &part, to: y + to, count: 1)
      case (false, true): (y + to).update(from: x + from, count: count)
      case (false, false): Addition.run(type, y + to, x + from, to: y + to, count: count)
      }
    }
  }

  /// Combines the elements of some units one after another, beginning with `start`.
  @inline(__always)
  func fold<Scalar: ComputingScalar>(
    _ units: Range<Int>, _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>, _ start: Scalar,
    _ combine: (Scalar, Scalar) -> Scalar
  ) {
    let results = unitResults
    (y + units.lowerBound * results).update(repeating: start, count: units.count * results)
    guard count > 0, results > 0 else { return }
    let reducesRuns = reducesRuns
    forEachRun(of: units) { from, to, count, _ in
      if reducesRuns {
        var result = y[to]
        for index in from..<from + count { result = combine(result, x[index]) }
        y[to] = result
      } else {
        for index in 0..<count { y[to + index] = combine(y[to + index], x[from + index]) }
      }
    }
  }
}
