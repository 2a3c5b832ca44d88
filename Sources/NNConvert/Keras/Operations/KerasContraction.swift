import NNFormat

/// Sums of products over labelled axes, as `einsum`, `tensordot` and their like give them: products of matrices between moves of axes.
struct KerasContraction {
  /// A value with a label for each of its axes.
  typealias Term = (value: KerasValue, labels: [Character])

  let site: KerasSite

  init(_ site: KerasSite) { self.site = site }

  /// The sum of products over all labels that the result does not have.
  ///
  /// - Parameters:
  ///   - equation: labels of each value and of the result, such as `bij,bjk->bik`; for how it is written where there is no arrow, and
  ///     for `...`, see NumPy's `einsum`
  ///   - suffix: what the name of the last node has behind the layer's
  /// - Throws: ``KerasProblem/unsupported(_:)`` for labels that stand twice in one term, and for several open extents that would have
  ///   to become one.
  func sum(_ equation: String, _ values: [KerasValue], suffix: String? = nil) throws(ModelError) -> KerasValue {
    let (terms, output) = try labels(equation, values)
    var current: Term = (values[0], terms[0])
    for (place, value) in values.enumerated().dropFirst() {
      let later = output + terms[(place + 1)...].flatMap { $0 }
      let isLast = place == values.count - 1
      let both = current.labels + terms[place].filter { !current.labels.contains($0) }
      let kept = isLast ? output : both.filter(later.contains)
      current = (
        try product(current, (value, terms[place]), kept, suffix: isLast ? suffix : part("product_\(place)", suffix)),
        kept
      )
    }
    guard values.count == 1 else { return current.value }
    let summed = try reduced(current, to: output, part("sum", suffix))
    if let result = try moved(summed, to: output, suffix) { return result }
    return try site.add("linear", [:], [summed.value], suffix: suffix)[0]
  }

  // MARK: Equations

  private func labels(
    _ equation: String, _ values: [KerasValue]
  ) throws(ModelError) -> (terms: [[Character]], output: [Character]) {
    let text = equation.filter { $0 != " " }
    let arrow = text.firstIndex(of: "-")
    let left = text[..<(arrow ?? text.endIndex)]
    let given = left.split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    guard given.count == values.count, !values.isEmpty else {
      throw site.settings.unsupported("the equation '\(equation)' for \(values.count) values")
    }
    // What dots stand for, aligned at the end, under labels that no equation has.
    let counts = zip(given, values).map { labels, value in
      labels.contains(".") ? value.type.rank - labels.filter { $0 != "." }.count : 0
    }
    let most = counts.max() ?? 0
    guard counts.allSatisfy({ (0...10).contains($0) }) else {
      throw site.settings.unsupported("the equation '\(equation)'")
    }
    let hidden = (0..<most).map { Character(UnicodeScalar(UInt8(0x30 + $0))) }
    func expanded(_ labels: [Character], _ count: Int) -> [Character] {
      guard let first = labels.firstIndex(of: ".") else { return labels }
      return labels[..<first] + hidden.suffix(count) + labels[first...].drop { $0 == "." }
    }
    let terms = zip(given, counts).map { expanded($0, $1) }
    var output: [Character]
    if let arrow {
      guard text[arrow...].hasPrefix("->") else { throw site.settings.unsupported("the equation '\(equation)'") }
      output = expanded(Array(text[arrow...].dropFirst(2)), most)
    } else {
      let all = given.flatMap { $0 }.filter { $0 != "." }
      output = hidden + Set(all).filter { label in all.filter { $0 == label }.count == 1 }.sorted()
    }
    let known = Set(terms.flatMap { $0 })
    guard zip(terms, values).allSatisfy({ $0.count == $1.type.rank && Set($0).count == $0.count }),
      Set(output).count == output.count, output.allSatisfy(known.contains)
    else { throw site.settings.unsupported("the equation '\(equation)'") }
    return (terms, output)
  }

  // MARK: Steps

  /// The product of two values, summed over the labels that the result does not have.
  private func product(
    _ one: Term, _ other: Term, _ output: [Character], suffix: String?
  ) throws(ModelError) -> KerasValue {
    let left = try reduced(one, to: output + other.labels, part("left_sum", suffix))
    let right = try reduced(other, to: output + one.labels, part("right_sum", suffix))
    let shared = left.labels.filter(right.labels.contains)
    let batch = output.filter(shared.contains)
    let rows = output.filter { left.labels.contains($0) && !shared.contains($0) }
    let columns = output.filter { right.labels.contains($0) && !shared.contains($0) }
    let summed = shared.filter { !output.contains($0) }
    // Without axes in common the rows may be any number: those of the left value lie before the matrix.
    let isPlain = columns.count == 1 && summed.count == 1 && (batch.isEmpty ? !rows.isEmpty : rows.count == 1)
    let matrices: [KerasValue]
    if isPlain {
      matrices = [
        try moved(left, to: batch + rows + summed, part("left", suffix)) ?? left.value,
        try moved(right, to: batch + summed + columns, part("right", suffix)) ?? right.value,
      ]
    } else {
      matrices = [
        try grouped(left, batch, [rows, summed], part("left", suffix)),
        try grouped(right, batch, [summed, columns], part("right", suffix)),
      ]
    }
    let natural = batch + rows + columns
    let isLast = isPlain && natural == output
    var result = try site.add("matmul", [:], matrices, suffix: isLast ? suffix : part("product", suffix))[0]
    if !isPlain {
      var extents = try batch.map { (label) throws(ModelError) in try extent(label, [left, right]) }
      extents += try rows.map { (label) throws(ModelError) in try extent(label, [left]) }
      extents += try columns.map { (label) throws(ModelError) in try extent(label, [right]) }
      result = try reshaped(result, extents, natural == output ? suffix : part("parted", suffix))
    }
    return try moved((result, natural), to: output, suffix) ?? result
  }

  /// The value with its labels in groups, each of which becomes one axis, behind those of the batch.
  private func grouped(
    _ term: Term, _ batch: [Character], _ groups: [[Character]], _ suffix: String
  ) throws(ModelError) -> KerasValue {
    let value = try moved(term, to: batch + groups.flatMap { $0 }, "\(suffix)_moved") ?? term.value
    guard groups.contains(where: { $0.count != 1 }) else { return value }
    var extents = try batch.map { (label) throws(ModelError) in try extent(label, [term]) }
    for group in groups {
      var product = 1
      for label in group {
        let extent = try extent(label, [term])
        let (result, overflow) = product.multipliedReportingOverflow(by: max(extent, 1))
        guard !overflow else { throw site.settings.unsupported("more elements than can be counted") }
        product = extent < 0 || product < 0 ? -1 : extent == 0 ? 0 : result
      }
      extents.append(product)
    }
    return try reshaped(value, extents, suffix)
  }

  private func reshaped(_ value: KerasValue, _ extents: [Int], _ suffix: String?) throws(ModelError) -> KerasValue {
    guard extents.filter({ $0 < 0 }).count <= 1 else {
      throw site.settings.unsupported("a product over several open extents")
    }
    return try site.add(
      "reshape", ["target_shape": KerasClass.integers(extents), "keeps_batch": false], [value], suffix: suffix)[0]
  }

  /// The sum over the labels that are not kept.
  private func reduced(_ term: Term, to kept: [Character], _ suffix: String) throws(ModelError) -> Term {
    let axes = term.labels.indices.filter { !kept.contains(term.labels[$0]) }
    guard !axes.isEmpty else { return term }
    let sum = try site.add("reduce_sum", ["axes": KerasClass.integers(axes)], [term.value], suffix: suffix)[0]
    return (sum, term.labels.filter(kept.contains))
  }

  /// The value with its axes in the order of the labels; nil if they are in it.
  private func moved(_ term: Term, to labels: [Character], _ suffix: String?) throws(ModelError) -> KerasValue? {
    guard term.labels != labels else { return nil }
    let order = labels.compactMap { term.labels.firstIndex(of: $0) }
    return try site.add("permute", ["permutation": KerasClass.integers(order)], [term.value], suffix: suffix)[0]
  }

  /// The extent of a label, the greatest where one value repeats its only element; -1 if it is open.
  private func extent(_ label: Character, _ terms: [Term]) throws(ModelError) -> Int {
    var greatest = 1
    for term in terms {
      guard let axis = term.labels.firstIndex(of: label) else { continue }
      guard let extent = term.value.type.shape[axis].value else { return -1 }
      greatest = extent == 1 ? greatest : extent
    }
    return greatest
  }

  private func part(_ name: String, _ suffix: String?) -> String { suffix.map { "\($0)_\(name)" } ?? name }
}

extension KerasOperations {
  /// Sums of products.
  static let contractions: [String: Conversion] = [
    "einsum": { operation throws(ModelError) in
      guard let text = operation.option("subscripts", "equation", place: 0)?.string else {
        throw operation.site.settings.unsupported("an equation that is no string")
      }
      // Nodes of TensorFlow's keep one operand only.
      guard operation.site.layer.isOperation || operation.values.count > 1 else {
        throw operation.site.settings.unsupported("an equation of which the file does not say what goes in")
      }
      return [try KerasContraction(operation.site).sum(text, operation.floats())]
    },
    "dot": { operation throws(ModelError) in
      let values = try operation.floats()
      guard values.count == 2, let left = values.first?.type.rank, let right = values.last?.type.rank else {
        throw operation.site.settings.unsupported("a product of \(values.count) values")
      }
      guard left > 0, right > 0 else { return try operation.site.add("multiply", [:], values) }
      return try contracted(operation, values, [left - 1], [max(right - 2, 0)])
    },
    "inner": { operation throws(ModelError) in
      let values = try operation.floats()
      guard values.count == 2, values.allSatisfy({ $0.type.rank > 0 }) else {
        return try operation.site.add("multiply", [:], values)
      }
      return try contracted(operation, values, [values[0].type.rank - 1], [values[1].type.rank - 1])
    },
    "outer": { operation throws(ModelError) in
      let values = try operation.floats()
      guard values.count == 2 else { throw operation.site.settings.unsupported("a product of \(values.count) values") }
      var flat: [KerasValue] = []
      for (place, shape) in [[-1, 1], [1, -1]].enumerated() {
        flat += try operation.site.add(
          "reshape", ["target_shape": KerasClass.integers(shape), "keeps_batch": false], [values[place]],
          suffix: "side_\(place + 1)")
      }
      return try operation.site.add("multiply", [:], flat)
    },
    "tensordot": { operation throws(ModelError) in
      let values = try operation.floats()
      guard values.count == 2 else { throw operation.site.settings.unsupported("a product of \(values.count) values") }
      let axes = operation.option("axes", place: 2)
      let sides = (axes?.array ?? []).map { side in
        side.smallInt.map { [$0] } ?? side.array?.compactMap(\.smallInt) ?? []
      }
      if let count = axes?.smallInt ?? (axes == nil ? 2 : nil), count >= 0, count <= values[0].type.rank {
        let rank = values[0].type.rank
        return try contracted(operation, values, Array(rank - count..<rank), Array(0..<count))
      }
      guard sides.count == 2, sides[0].count == sides[1].count else {
        throw operation.site.settings.unsupported("axes that do not pair")
      }
      return try contracted(operation, values, sides[0], sides[1])
    },
  ]

  /// The product of two values over pairs of axes, the others in their order.
  private static func contracted(
    _ operation: KerasOperation, _ values: [KerasValue], _ left: [Int], _ right: [Int]
  ) throws(ModelError) -> [KerasValue] {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    let (ranks, places) = (
      values.map(\.type.rank),
      [left.compactMap { values[0].place(of: $0) }, right.compactMap { values[1].place(of: $0) }]
    )
    guard ranks[0] + ranks[1] <= alphabet.count, places[0].count == left.count, places[1].count == right.count,
      Set(places[0]).count == left.count, Set(places[1]).count == right.count
    else { throw operation.site.settings.unsupported("axes that the values do not have") }
    let first = Array(alphabet[..<ranks[0]])
    var second = Array(alphabet[ranks[0]..<ranks[0] + ranks[1]])
    for (one, other) in zip(places[0], places[1]) { second[other] = first[one] }
    let output =
      first.indices.filter { !places[0].contains($0) }.map { first[$0] }
      + second.indices.filter { !places[1].contains($0) }.map { second[$0] }
    let equation = "\(String(first)),\(String(second))->\(String(output))"
    return [try KerasContraction(operation.site).sum(equation, values)]
  }
}
