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

/// A reduction, in parts of units.
protocol ReducingWork: DividedWork {
  var reduced: Reduced { get }
  /// Does some elements of every run; the runs are kept and not reduced.
  func run(elements: Range<Int>)
}

/// A reduction in parts of elements that lie side by side.
struct ElementsOfRuns<Work: ReducingWork>: DividedWork {
  /// Fewer share a cache line.
  static var least: Int { 16 }

  let work: Work

  func run(_ elements: Range<Int>, part: Int) { work.run(elements: elements) }
}

/// The sums of a reduction's units.
struct SummedUnits<Scalar: ComputingScalar>: ReducingWork {
  let reduced: Reduced
  let term: SummedTerm
  let x: UnsafePointer<Scalar>
  /// Room for terms that are not the elements.
  let terms: UnsafeMutablePointer<Scalar>
  let y: UnsafeMutablePointer<Scalar>

  func run(_ units: Range<Int>, part: Int) {
    let count = reduced.unitCount
    reduced.sum(units, summands(units.lowerBound * count..<units.upperBound * count), to: y)
  }

  func run(elements: Range<Int>) {
    reduced.forEachRun(of: 0..<reduced.units) { from, to, _, isFirst in
      let part = from + elements.lowerBound..<from + elements.upperBound
      let source = summands(part) + part.lowerBound
      let target = y + to + elements.lowerBound
      if isFirst {
        target.update(from: source, count: part.count)
      } else {
        Addition.run(Scalar.floatType, target, source, to: target, count: part.count)
      }
    }
  }

  /// What is added up, of which some elements are computed.
  private func summands(_ elements: Range<Int>) -> UnsafePointer<Scalar> {
    switch term {
    case .element: return x
    case .magnitude: for index in elements { terms[index] = x[index].magnitude }
    case .square: for index in elements { terms[index] = x[index] * x[index] }
    }
    return UnsafePointer(terms)
  }
}

/// The folds of a reduction's units.
struct FoldedUnits<Scalar: ComputingScalar>: ReducingWork {
  let reduced: Reduced
  let fold: ReductionFold
  let x: UnsafePointer<Scalar>
  let y: UnsafeMutablePointer<Scalar>

  func run(_ units: Range<Int>, part: Int) { run(units, elements: nil) }

  func run(elements: Range<Int>) { run(0..<reduced.units, elements: elements) }

  private func run(_ units: Range<Int>, elements: Range<Int>?) {
    switch fold {
    case .greatest: reduced.fold(units, elements, x, to: y, -Scalar.infinity) { $0 > $1 || $0.isNaN ? $0 : $1 }
    case .least: reduced.fold(units, elements, x, to: y, Scalar.infinity) { $0 < $1 || $0.isNaN ? $0 : $1 }
    case .product: reduced.fold(units, elements, x, to: y, 1) { $0 * $1 }
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
  ///
  /// - Parameter elements: those of each run that are combined, which is kept then; nil for all.
  @inline(__always)
  func fold<Scalar: ComputingScalar>(
    _ units: Range<Int>, _ elements: Range<Int>?, _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>,
    _ start: Scalar, _ combine: (Scalar, Scalar) -> Scalar
  ) {
    let results = unitResults
    guard count > 0, results > 0 else {
      return (y + units.lowerBound * results).update(repeating: start, count: units.count * results)
    }
    let reducesRuns = reducesRuns
    forEachRun(of: units) { from, to, count, isFirst in
      if reducesRuns {
        var result = isFirst ? start : y[to]
        for index in from..<from + count { result = combine(result, x[index]) }
        y[to] = result
      } else {
        let elements = elements ?? 0..<count
        if isFirst { (y + to + elements.lowerBound).update(repeating: start, count: elements.count) }
        for index in elements { y[to + index] = combine(y[to + index], x[from + index]) }
      }
    }
  }
}
