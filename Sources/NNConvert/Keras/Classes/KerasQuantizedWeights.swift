import NNFormat

/// A weight that a layer's policy may have quantised, and how its numbers lie.
struct KerasQuantizedWeight {
  /// Its name among the layer's weights.
  let name: String
  /// Its shape before it was quantised.
  let shape: [Int]
  /// How much of it is summed over, and for how many sums; four-bit numbers lie in rows of so many columns.
  private(set) var rows: Int, columns: Int
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

  /// The same as GPTQ and AWQ take it: by its first axis, or its first two where it has three and the first is not the largest.
  var calibrated: KerasQuantizedWeight {
    var other = self
    let isFirst = shape.count < 3 || shape[0] >= (shape.dropFirst().max() ?? 0)
    other.rows = isFirst ? shape[0] : shape[0] * shape[1]
    other.columns = shape.reduce(1, *) / max(other.rows, 1)
    return other
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
  func quantized(_ weight: KerasQuantizedWeight) throws(ModelError) -> KerasTensor {
    let stored = try self.weight(weight.name)
    switch quantization.mode {
    case .none: return stored
    case .int8, .int4(blocks: false): return try withFactors(stored, weight)
    default: return try withGroups(stored, weight)
    }
  }

  private func withFactors(_ stored: KerasTensor, _ weight: KerasQuantizedWeight) throws(ModelError) -> KerasTensor {
    let scale = try factors("\(weight.name)_scale")
    guard scale.count == (weight.factorsAreRows ? weight.rows : weight.columns) else {
      throw settings.unsupported("factors of another number than the weights'")
    }
    let numbers = try integers(stored, weight)
    // Four-bit numbers of rows and columns have factors in the order of their columns.
    let isMatrix = quantization.mode != .int8 && !weight.factorsAreRows ? try !keepsShape(weight) : false
    let columns = weight.columns
    let factor = isMatrix ? { $0 % columns } : weight.factor
    guard weight.columnsAreLast, computeType == .f32 else {
      let values = numbers.elements(as: Int8.self)
      return try floating(stored, weight, "divided by their factors") { Double(values[$0]) / scale[factor($0)] }
    }
    let scales = (0..<columns).map { Float(1) / Float(scale[factor($0)]) }
    let whole = quantization.mode == .int8 ? stored : stored.replaced(numbers, "four-bit numbers unpacked")
    return whole.scaled(by: try Tensor(scales, try Shape([columns])))
  }

  private func withGroups(_ stored: KerasTensor, _ weight: KerasQuantizedWeight) throws(ModelError) -> KerasTensor {
    let scale = try factors("\(weight.name)_scale")
    let zero = try factors("\(weight.name)_zero")
    let place = try groupPlaces(weight, try factors("g_idx").map { Int(exactly: $0) ?? -1 })
    guard zero.count == scale.count else { throw settings.unsupported("another number of zeros than of factors") }
    let rowFactors = quantization.mode == .awq ? try factors("awq_scales") : [Double](repeating: 1, count: weight.rows)
    guard rowFactors.count == weight.rows else {
      throw settings.unsupported("factors of another number than the weights'")
    }
    let numbers = try integers(stored, weight)
    let signed = numbers.dataType == .i8 ? numbers.elements(as: Int8.self) : []
    let unsigned = numbers.dataType == .u8 ? numbers.elements(as: UInt8.self) : []
    let columns = weight.columns
    return try floating(stored, weight, "less the zeros of their groups, times their factors") { index in
      let (row, column) = (index / columns, index % columns)
      let number = signed.isEmpty ? Double(unsigned[index]) : Double(signed[index])
      return (number - zero[place(row, column)]) * scale[place(row, column)] / rowFactors[row]
    }
  }

  private func floating(
    _ stored: KerasTensor, _ weight: KerasQuantizedWeight, _ why: String, _ body: (Int) -> Double
  ) throws(ModelError) -> KerasTensor {
    let (range, shape) = (0..<weight.rows * weight.columns, try Shape(weight.shape))
    let tensor = try computeType == .f32 ? Tensor(range.map { Float(body($0)) }, shape) : Tensor(range.map(body), shape)
    return stored.replaced(tensor, why)
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

  /// The whole numbers of a quantised weight, in the order of its shape: i8, or u8 for those without signs.
  private func integers(_ stored: KerasTensor, _ weight: KerasQuantizedWeight) throws(ModelError) -> Tensor {
    let tensor = stored.changing.tensor
    let packed = tensor.shape.dimensions
    let otherForm = settings.unsupported("quantised weights in another form")
    switch quantization.mode {
    case .int8:
      guard tensor.dataType == .i8, packed == weight.shape else { throw otherForm }
      return tensor
    case .int4:
      guard tensor.dataType == .i8 else { throw otherForm }
      let keepsShape = try keepsShape(weight)
      let whole = keepsShape ? weight.shape : [weight.rows, weight.columns]
      // The upper half of a byte keeps its sign when it moves down.
      guard
        let values = unpacked(
          tensor.elements(as: Int8.self), packed, keepsShape ? weight.packedAxis : 1, whole,
          lower: { ($0 << 4) >> 4 }, upper: { $0 >> 4 })
      else { throw otherForm }
      return try Tensor(values, try Shape(weight.shape))
    case .gptq, .awq:
      // The matrix lies turned round; with four bits, its columns are packed.
      guard tensor.dataType == .u8 else { throw otherForm }
      let (columns, rows) = (weight.columns, weight.rows)
      var values = tensor.elements(as: UInt8.self)
      if case .gptq(let bits) = quantization.mode, bits != 4 {
        guard packed == [columns, rows] else { throw otherForm }
      } else {
        guard let whole = unpacked(values, packed, 0, [columns, rows], lower: { $0 & 15 }, upper: { $0 >> 4 }) else {
          throw otherForm
        }
        values = whole
      }
      return try Tensor((0..<values.count).map { values[$0 % columns * rows + $0 / columns] }, try Shape(weight.shape))
    case .none, .other: throw otherForm
    }
  }

  /// Four-bit numbers of bytes, of which each pair along an axis shares one, the first in the lower half; nil if the shapes do not fit.
  private func unpacked<Byte>(
    _ bytes: [Byte], _ packed: [Int], _ axis: Int, _ whole: [Int], lower: (Byte) -> Byte, upper: (Byte) -> Byte
  ) -> [Byte]? {
    guard packed.count == whole.count, whole.indices.contains(axis) else { return nil }
    for (place, extent) in whole.enumerated() where packed[place] != (place == axis ? (extent + 1) / 2 : extent) {
      return nil
    }
    let inner = whole[(axis + 1)...].reduce(1, *)
    let outer = whole[..<axis].reduce(1, *)
    var values: [Byte] = []
    values.reserveCapacity(outer * whole[axis] * inner)
    for block in 0..<outer {
      for place in 0..<whole[axis] {
        let start = (block * packed[axis] + place / 2) * inner
        for byte in bytes[start..<start + inner] { values.append(place % 2 == 0 ? lower(byte) : upper(byte)) }
      }
    }
    return values
  }
}
