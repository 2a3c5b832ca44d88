import NNFormat

/// A weight that a layer's policy may have quantised, and how its numbers lie.
struct KerasQuantizedWeight {
  /// Its name among the layer's weights.
  let name: String
  /// Its shape before it was quantised.
  let shape: [Int]
  /// How much of it is summed over, and for how many sums; four-bit numbers lie in rows of so many columns.
  let rows: Int, columns: Int
  /// The axis along which two four-bit numbers are in a byte where it keeps its shape.
  var packedAxis = 0
  /// Whether it does so in all releases.
  var keepsShape = false
  /// Whether a factor is that of a row, and groups are of columns; else the reverse.
  var factorsAreRows = false
  /// The factor of an element, where there are no groups.
  var factor: (Int) -> Int
  /// Whether columns are what stands last, so that each can have its scale.
  var columnsAreLast = true

  /// A kernel of rows and columns, with a factor for each column.
  init(_ name: String, rows: Int, columns: Int) {
    self.name = name
    shape = [rows, columns]
    (self.rows, self.columns) = (rows, columns)
    factor = { $0 % columns }
  }

  /// A table of embeddings, with a factor for each row.
  init(table name: String, rows: Int, columns: Int) {
    self.name = name
    shape = [rows, columns]
    (self.rows, self.columns) = (rows, columns)
    factorsAreRows = true
    factor = { $0 / columns }
    columnsAreLast = false
  }

  /// The kernel of an `EinsumDense`, of which each element that the output names has a factor, in the output's order.
  ///
  /// - Parameters:
  ///   - kernel: the letters of the kernel
  ///   - output: those of the output
  init(einsum kernel: [Character], output: [Character], shape: [Int]) {
    name = "kernel"
    self.shape = shape
    let kept = kernel.indices.filter { output.contains(kernel[$0]) }
    rows = kernel.indices.filter { !output.contains(kernel[$0]) }.reduce(1) { $0 * shape[$1] }
    columns = kept.reduce(1) { $0 * shape[$1] }
    packedAxis = kernel.indices.first { !output.contains(kernel[$0]) } ?? 0
    columnsAreLast = kept == Array((kernel.count - kept.count)..<kernel.count)
    let ordered = kept.sorted {
      (output.firstIndex(of: kernel[$0]) ?? 0) < (output.firstIndex(of: kernel[$1]) ?? 0)
    }
    factor = { index in
      var places = [Int](repeating: 0, count: shape.count)
      var rest = index
      for axis in shape.indices.reversed() {
        (rest, places[axis]) = rest.quotientAndRemainder(dividingBy: max(shape[axis], 1))
      }
      return ordered.reduce(0) { $0 * shape[$1] + places[$1] }
    }
  }
}

extension KerasSite {
  /// Whether four-bit numbers keep the shape of their weight but for one axis, as in kernels of releases before 3.14, which
  /// quantised the inputs, too.
  func keepsShape(_ weight: KerasQuantizedWeight) throws(ModelError) -> Bool {
    guard !weight.keepsShape else { return true }
    guard case .int4(blocks: false) = quantization.mode, !weight.factorsAreRows else { return false }
    let found = try self.weight(weight.name).shape.dimensions
    guard found == packedShape(weight) else { return false }
    return found != [weight.rows, (weight.columns + 1) / 2] || !conversion.isSince(3, 14)
  }

  private func packedShape(_ weight: KerasQuantizedWeight) -> [Int] {
    var shape = weight.shape
    if shape.indices.contains(weight.packedAxis) { shape[weight.packedAxis] = (shape[weight.packedAxis] + 1) / 2 }
    return shape
  }

  /// How the layer is quantised.
  var quantization: KerasQuantization { KerasQuantization(layer) }

  /// A weight with its numbers as they are and a scale for each column, where products have such weights; else in floating point.
  func quantized(_ weight: KerasQuantizedWeight, allowsScales: Bool = true) throws(ModelError) -> KerasTensor {
    let mode = quantization.mode
    if mode == .none { return try self.weight(weight.name) }
    let stored = try self.weight(weight.name)
    let numbers = try integers(stored, weight)
    let scale = try factors("\(weight.name)_scale")
    // Four-bit numbers of rows and columns have factors in the order of their columns.
    let isMatrix = mode == .int4(blocks: false) && !weight.factorsAreRows ? try !keepsShape(weight) : false
    let columns = weight.columns
    let factor = isMatrix ? { $0 % columns } : weight.factor
    switch mode {
    case .int8, .int4(blocks: false):
      guard scale.count == (weight.factorsAreRows ? weight.rows : weight.columns) else {
        throw settings.unsupported("factors of another number than the weights'")
      }
      if allowsScales, weight.columnsAreLast, computeType == .f32 {
        let values = numbers.map { Int8($0) }
        let scales = (0..<columns).map { Float(1) / Float(scale[factor($0)]) }
        return stored.replaced(try Tensor(values, try Shape(weight.shape)), "whole numbers").scaled(
          by: try Tensor(scales, try Shape([scales.count])))
      }
      return try floating(stored, weight, "divided by their factors") { Double(numbers[$0]) / scale[factor($0)] }
    default:
      let zero = try factors("\(weight.name)_zero")
      let groups = try factors("g_idx").map { Int(exactly: $0) ?? -1 }
      let place = try groupPlaces(weight, groups)
      guard zero.count == scale.count else { throw settings.unsupported("another number of zeros than of factors") }
      let rowFactors = mode == .awq ? try factors("awq_scales") : []
      guard mode != .awq || rowFactors.count == weight.rows else {
        throw settings.unsupported("factors of another number than the weights'")
      }
      return try floating(stored, weight, "less the zeros of their groups, times their factors") { index in
        let (row, column) = (index / weight.columns, index % weight.columns)
        let value = (Double(numbers[index]) - zero[place(row, column)]) * scale[place(row, column)]
        return rowFactors.isEmpty ? value : value / rowFactors[row]
      }
    }
  }

  private func floating(
    _ stored: KerasTensor, _ weight: KerasQuantizedWeight, _ why: String, _ body: (Int) -> Double
  ) throws(ModelError) -> KerasTensor {
    let values = (0..<weight.rows * weight.columns).map(body)
    return stored.replaced(try Tensor(values, try Shape(weight.shape)).cast(to: computeType).tensor, why)
  }

  /// Where the factor and the zero of an element are, by its row and column.
  private func groupPlaces(
    _ weight: KerasQuantizedWeight, _ groups: [Int]
  ) throws(ModelError) -> (Int, Int) -> Int {
    let shape = try self.weight("\(weight.name)_scale").shape
    let mismatch = settings.unsupported("groups of other shapes than the weights'")
    guard shape.rank == 2 else { throw mismatch }
    // Groups of rows stand first in int4, and last where the matrix lies turned round.
    let isTurned = quantization.mode != .int4(blocks: true)
    let count = shape[weight.factorsAreRows || isTurned ? 1 : 0]
    let others = shape[weight.factorsAreRows || isTurned ? 0 : 1]
    guard groups.count == (weight.factorsAreRows ? weight.columns : weight.rows),
      groups.allSatisfy({ (0..<count).contains($0) }),
      others == (weight.factorsAreRows ? weight.rows : weight.columns)
    else { throw mismatch }
    if weight.factorsAreRows { return { row, column in row * count + groups[column] } }
    return isTurned
      ? { row, column in column * count + groups[row] } : { row, column in groups[row] * others + column }
  }

  private func factors(_ name: String) throws(ModelError) -> [Double] {
    try weight(name).changing.tensor.cast(to: .f64).tensor.elements(as: Double.self)
  }

  /// The whole numbers of a quantised weight, in the order of its shape.
  private func integers(_ stored: KerasTensor, _ weight: KerasQuantizedWeight) throws(ModelError) -> [Int] {
    let tensor = stored.changing.tensor
    let otherForm = settings.unsupported("quantised weights in another form")
    switch quantization.mode {
    case .int8:
      guard tensor.dataType == .i8, tensor.shape.dimensions == weight.shape else { throw otherForm }
      return tensor.elements(as: Int8.self).map { Int($0) }
    case .int4:
      guard tensor.dataType == .i8 else { throw otherForm }
      let keepsShape = try keepsShape(weight)
      let bytes = tensor.elements(as: Int8.self).map { UInt8(bitPattern: $0) }
      guard
        let values = unpacked(
          bytes, tensor.shape.dimensions, keepsShape ? weight.packedAxis : 1,
          keepsShape ? weight.shape : [weight.rows, weight.columns])
      else { throw otherForm }
      return values.map { $0 < 8 ? $0 : $0 - 16 }
    case .gptq(let bits):
      guard tensor.dataType == .u8 else { throw otherForm }
      return try turned(bits == 4 ? nil : tensor.elements(as: UInt8.self).map { Int($0) }, tensor, weight)
    case .awq:
      guard tensor.dataType == .u8 else { throw otherForm }
      return try turned(nil, tensor, weight)
    case .none, .other: throw otherForm
    }
  }

  /// A matrix that lies turned round, `[columns, rows]`; with four bits, its columns are packed.
  private func turned(
    _ values: [Int]?, _ tensor: Tensor, _ weight: KerasQuantizedWeight
  ) throws(ModelError) -> [Int] {
    let whole = [weight.columns, weight.rows]
    let packed = tensor.shape.dimensions
    guard let values = values ?? unpacked(tensor.elements(as: UInt8.self), packed, 0, whole),
      values.count == weight.columns * weight.rows
    else { throw settings.unsupported("quantised weights in another form") }
    return (0..<values.count).map { values[$0 % weight.columns * weight.rows + $0 / weight.columns] }
  }

  /// Four-bit numbers of bytes, of which each pair along an axis shares one, the first in the lower half; nil if the shapes do not fit.
  private func unpacked(_ bytes: [UInt8], _ packed: [Int], _ axis: Int, _ whole: [Int]) -> [Int]? {
    guard packed.count == whole.count, whole.indices.contains(axis) else { return nil }
    for (place, extent) in whole.enumerated() where packed[place] != (place == axis ? (extent + 1) / 2 : extent) {
      return nil
    }
    let inner = whole[(axis + 1)...].reduce(1, *)
    let outer = whole[..<axis].reduce(1, *)
    var values: [Int] = []
    values.reserveCapacity(outer * whole[axis] * inner)
    for block in 0..<outer {
      for place in 0..<whole[axis] {
        for element in 0..<inner {
          let byte = bytes[(block * packed[axis] + place / 2) * inner + element]
          values.append(Int(place % 2 == 0 ? byte & 15 : byte >> 4))
        }
      }
    }
    return values
  }
}
