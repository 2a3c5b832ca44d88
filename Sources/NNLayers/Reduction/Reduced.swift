import NNFormat
import NNKernels

/// The dimensions of a value in groups: neighbours that are all reduced, or all kept, are one. Extents of 1 belong to
/// any.
///
/// The order of a reduction over several groups is that of the elements: with the last group reduced, each run along it
/// is reduced by itself, and the results join those before in order; else the elements of the last, kept group are
/// reduced side by side.
struct Reduced {
  let shape: Shape
  let axes: [Axis]

  /// Whether the dimension is reduced; all are where no axis is named.
  @inline(__always)
  func isReduced(_ axis: Int) -> Bool { axes.isEmpty || axes.contains(axis, rank: shape.rank) }

  /// How many elements become one.
  var count: Int {
    var count = 1
    for axis in 0..<shape.rank where isReduced(axis) { count *= shape[axis] }
    return count
  }

  /// The end of the group that begins at an axis.
  func groupEnd(_ axis: Int) -> Int {
    var end = axis
    var kind: Bool?
    while end < shape.rank {
      if shape[end] != 1 {
        guard kind == nil || kind == isReduced(end) else { break }
        kind = isReduced(end)
      }
      end += 1
    }
    return end
  }

  /// Whether the group of the given dimensions is reduced; one of extents of 1 alone is kept.
  func isReduced(_ group: Range<Int>) -> Bool {
    for axis in group where shape[axis] != 1 { return isReduced(axis) }
    return false
  }

  /// The only reduced group as the middle of three extents; nil if there is none, or more than one.
  var single: (outer: Int, extent: Int, inner: Int)? {
    var found: Range<Int>?
    var axis = 0
    while axis < shape.rank {
      let group = axis..<groupEnd(axis)
      if isReduced(group) {
        guard found == nil else { return nil }
        found = group
      }
      axis = group.upperBound
    }
    guard let found else { return nil }
    return (
      shape.count(of: 0..<found.lowerBound), shape.count(of: found), shape.count(of: found.upperBound..<shape.rank)
    )
  }

  /// The axes before all reduced ones, along which the work can be divided; none if they are all.
  private var leading: Range<Int> {
    let end = groupEnd(0)
    return end == shape.rank || isReduced(0..<end) ? 0..<0 : 0..<end
  }

  /// How many parts of the input give a part of the result each, both one behind the other.
  var units: Int { shape.count(of: leading) }
  /// The elements of the input that are one unit's.
  var unitCount: Int { shape.count(of: leading.upperBound..<shape.rank) }
  /// The elements of the result that are one unit's.
  var unitResults: Int {
    var kept = 1
    for axis in leading.upperBound..<shape.rank where !isReduced(axis) { kept *= shape[axis] }
    return kept
  }

  /// Calls `body` for each run along the last group of some units, in the order of the elements: where it begins, where its
  /// result or results lie, how long it is, and whether it is the first for these.
  @inline(__always)
  func forEachRun(
    of units: Range<Int>, _ body: (_ from: Int, _ to: Int, _ count: Int, _ isFirst: Bool) -> Void
  ) {
    let (count, results) = (unitCount, unitResults)
    for unit in units { walk(leading.upperBound, unit * count, unit * results, true, body) }
  }

  /// The elements of the last group, which lie side by side.
  var runLength: Int {
    let reduces = reducesRuns
    var count = 1
    for axis in (0..<shape.rank).reversed() where shape[axis] != 1 {
      guard isReduced(axis) == reduces else { break }
      count *= shape[axis]
    }
    return count
  }

  /// Whether the last group is reduced.
  var reducesRuns: Bool {
    for axis in (0..<shape.rank).reversed() where shape[axis] != 1 { return isReduced(axis) }
    return false
  }

  private func walk(_ axis: Int, _ from: Int, _ to: Int, _ isFirst: Bool, _ body: (Int, Int, Int, Bool) -> Void) {
    let end = groupEnd(axis)
    let extent = shape.count(of: axis..<end)
    if end == shape.rank { return body(from, to, extent, isFirst) }
    let step = shape.count(of: end..<shape.rank)
    var kept = 1
    for inner in end..<shape.rank where !isReduced(inner) { kept *= shape[inner] }
    let reduces = isReduced(axis..<end)
    for index in 0..<extent {
      walk(end, from + index * step, reduces ? to : to + index * kept, isFirst && (!reduces || index == 0), body)
    }
  }
}
