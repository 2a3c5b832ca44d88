import NNFormat

/// How the elements of a smaller shape are repeated to fill a larger one, by NumPy's rule: shapes are aligned at their ends,
/// and an extent of 1 is repeated.
struct Broadcast {
  private let from: Shape
  private let to: Shape
  private let missing: Int

  /// - Precondition: `from` broadcasts to `to`.
  init(from: Shape, to: Shape) {
    self.from = from
    self.to = to
    missing = to.rank - from.rank
  }

  /// Calls `body` with the parts of the larger shape, each once, and in order: `columns` elements from `from` on in the smaller
  /// shape stand, `rows` times one after another, from `to` on in the larger.
  func forEachPart(_ body: (_ from: Int, _ to: Int, _ rows: Int, _ columns: Int) -> Void) {
    walk(0, 0, 0, body)
  }

  private func walk(_ axis: Int, _ start: Int, _ target: Int, _ body: (Int, Int, Int, Int) -> Void) {
    var whole = axis
    while whole < to.rank, extent(whole) == 1 { whole += 1 }
    if (whole..<to.rank).allSatisfy({ extent($0) == to[$0] }) {
      return body(start, target, to.count(of: axis..<whole), to.count(of: whole..<to.rank))
    }
    let step = extent(axis) == 1 ? 0 : from.count(of: max(axis + 1 - missing, 0)..<from.rank)
    let targetStep = to.count(of: axis + 1..<to.rank)
    for index in 0..<to[axis] {
      walk(axis + 1, start + index * step, target + index * targetStep, body)
    }
  }

  private func extent(_ axis: Int) -> Int { axis < missing ? 1 : from[axis - missing] }

  /// The extents to which two lists of extents broadcast; nil if they do not.
  static func shape(of left: [Dimension], _ right: [Dimension]) -> [Dimension]? {
    let rank = max(left.count, right.count)
    var shape: [Dimension] = []
    for axis in 0..<rank {
      let one = axis < rank - left.count ? .known(1) : left[axis - (rank - left.count)]
      let other = axis < rank - right.count ? .known(1) : right[axis - (rank - right.count)]
      guard let extent = extent(of: one, other) else { return nil }
      shape.append(extent)
    }
    return shape
  }

  // An open extent beside a fixed one other than 1 can only be that or 1.
  private static func extent(of one: Dimension, _ other: Dimension) -> Dimension? {
    switch (one, other) {
    case (.known(1), _): other
    case (_, .known(1)): one
    case (.known(let left), .known(let right)): left == right ? one : nil
    case (.known, _): one
    case (_, .known): other
    case (.symbol(let left), .symbol(let right)): left == right ? one : .unknown
    default: .unknown
    }
  }
}
