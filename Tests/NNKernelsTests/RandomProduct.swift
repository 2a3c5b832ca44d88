import NNKernels

/// Memory of an array that stays where it is.
final class Memory<Element: BitwiseCopyable> {
  private let first: UnsafeMutablePointer<Element>
  private let count: Int

  init(_ elements: [Element]) {
    first = .allocate(capacity: elements.count + 1)
    count = elements.count
    for (index, element) in elements.enumerated() { first[index] = element }
  }

  deinit { first.deallocate() }

  var address: UnsafeMutableRawPointer { UnsafeMutableRawPointer(first) }
  var elements: [Element] { Array(UnsafeBufferPointer(start: first, count: count)) }
}

/// Weights as they are stored, and as numbers.
struct RandomWeights<T: Number> {
  let stored: Memory<UInt8>
  let numbers: [T]

  /// - Parameter special: Whether there are infinities, NaNs and subnormals, too.
  init(_ type: WeightType, _ count: Int, special: Bool, using dice: inout Dice) {
    if type == .same {
      let numbers: [T] = dice.numbers(count, special: special)
      self.numbers = numbers
      stored = Memory(numbers.withUnsafeBytes { Array($0) })
      return
    }
    stored = Memory((0..<count * type.byteSize(.f32)).map { _ in UInt8.random(in: 0...255, using: &dice) })
    if type == .i8 {
      numbers = stored.elements.map { T(Int8(bitPattern: $0)) }
      return
    }
    let wide = Memory([Float](repeating: 0, count: count))
    if !special {
      let usual = Memory<Float>(dice.numbers(count, special: false))
      (type == .f16 ? FloatCast.f32ToF16 : .f32ToBF16).run(from: usual.address, to: stored.address, count: count)
    }
    (type == .f16 ? FloatCast.f16ToF32 : .bf16ToF32).run(from: stored.address, to: wide.address, count: count)
    numbers = wide.elements.map { $0.isNaN ? .nan : T($0) }
  }
}

/// A few element-wise steps over a matrix, with their operands.
struct RandomSteps<T: Number>: CustomStringConvertible {
  enum Kind { case function(Elementwise), add, multiply, subtract }
  /// How far an operand's next row and column are.
  struct Operand {
    let memory: Memory<T>
    let rowStride: Int
    let columnStride: Int
  }

  let rows: Int
  let columns: Int
  let kinds: [Kind]
  let operands: [Operand]

  init(rows: Int, columns: Int, count: Int? = nil, using dice: inout Dice) {
    (self.rows, self.columns) = (rows, columns)
    var kinds: [Kind] = []
    var operands: [Operand] = []
    for _ in 0..<(count ?? Int.random(in: 0...3, using: &dice)) {
      let functions: [Elementwise] = [.relu, .relu6, .relu, .sigmoid, .clip(from: -0.4, to: 0.6), .gelu]
      let function = functions[Int.random(in: 0..<functions.count, using: &dice)]
      let choices: [Kind] = [.function(function), .add, .multiply, .subtract]
      kinds.append(choices[Int.random(in: 0..<choices.count, using: &dice)])
      let strides = [(columns + 3, 1), (0, 1), (2, 0), (0, 0)][Int.random(in: 0..<4, using: &dice)]
      operands.append(
        Operand(
          memory: Memory(dice.numbers(rows * (columns + 3) + columns, special: false)), rowStride: strides.0,
          columnStride: strides.1))
    }
    (self.kinds, self.operands) = (kinds, operands)
  }

  var description: String { "steps \(zip(kinds, operands).map { ($0, $1.rowStride, $1.columnStride) })" }

  func withSteps<Result>(_ body: (UnsafeBufferPointer<ElementStep>) -> Result) -> Result {
    let steps = zip(kinds, operands).map { kind, operand in
      let address = UnsafeRawPointer(operand.memory.address)
      let other: ElementStep.Operand =
        switch (operand.rowStride, operand.columnStride) {
        case (0, 0): .number(address)
        case (0, _): .row(address)
        case (let stride, 0): .column(address, stride: stride)
        case (let stride, _): .matrix(address, rowStride: stride)
        }
      return switch kind {
      case .function(let function): ElementStep.apply(function)
      case .add: ElementStep.add(other)
      case .multiply: ElementStep.multiply(other)
      case .subtract: ElementStep.subtract(other)
      }
    }
    return steps.withUnsafeBufferPointer(body)
  }

  /// The steps over a dense matrix in Swift, but for the functions.
  func oneAfterAnother(_ x: [T]) -> [T] {
    var x = x
    for (kind, operand) in zip(kinds, operands) {
      let other = operand.memory.elements
      func combine(_ operation: (T, T) -> T) {
        for i in x.indices {
          x[i] = operation(x[i], other[i / columns * operand.rowStride + i % columns * operand.columnStride])
        }
      }
      switch kind {
      case .function(let function): x = function(x, variant: ProductTests.plain)
      case .add: combine(+)
      case .multiply: combine(*)
      case .subtract: combine(-)
      }
    }
    return x
  }
}

/// A matrix product of any shape and form, with rows that lie apart and start anywhere.
struct RandomProduct<T: Number>: CustomStringConvertible {
  let rows: Int
  let columns: Int
  let depth: Int
  let bType: WeightType
  let transposed: Bool
  let offset: Int
  let aStride: Int
  let bStride: Int
  let a: Memory<T>
  /// B's elements as they are stored, and as numbers.
  let b: Memory<UInt8>
  let wide: [T]
  let scales: Memory<T>?
  let bias: Memory<T>?
  let steps: RandomSteps<T>

  init(_ weightTypes: [WeightType], trial: Int, using dice: inout Dice) {
    let sizes = [1, 2, 3, 5, 7, 8, 9, 12, 13, 14, 15, 16, 17, 31, 32, 33, 64, 70]
    func any<Element>(_ choices: [Element]) -> Element { choices[Int.random(in: 0..<choices.count, using: &dice)] }
    var (rows, columns) = (any(sizes), any(sizes))
    if trial % 9 == 0 { (rows, columns) = (any([1, 2, 3, 4, 5, 8, 9]), any([129, 257, 600, 1030])) }
    if trial % 40 == 0 { (rows, columns) = any([(0, 3), (3, 0), (270, 40), (40, 1), (1, 1)]) }
    var depth = any(trial % 3 == 0 ? [0, 1, 255, 256, 257, 513, 1025, 2100] : sizes)
    // Where the runs of one row are chains side by side.
    if trial % 8 == 1 { (rows, columns, depth) = (any([1, 1, 3]), any([1, 2, 10, 17, 33]), any([512, 1100, 4400])) }
    let bType = any(weightTypes)
    (self.rows, self.columns, self.depth, self.bType) = (rows, columns, depth, bType)
    transposed = any([false, true])
    offset = any([0, 1, 3])
    aStride = depth + any([0, 1, 5])
    bStride = (transposed ? depth : columns) + any([0, 1, 5])
    a = Memory(dice.numbers(offset + rows * aStride, special: trial % 5 == 0))
    let count = offset + (transposed ? columns : depth) * bStride
    let weights = RandomWeights<T>(bType, count, special: trial % 5 == 0, using: &dice)
    (b, wide) = (weights.stored, weights.numbers)
    scales = bType == .i8 || any([false, false, true]) ? Memory(dice.numbers(columns, special: false)) : nil
    bias = any([false, true]) ? Memory(dice.numbers(columns, special: false)) : nil
    steps = RandomSteps(rows: rows, columns: columns, using: &dice)
  }

  var description: String {
    "\(T.self) \(rows)x\(depth)x\(columns), \(bType), transposed \(transposed), \(steps)"
  }

  /// The product; its rows lie apart, and nothing between them may change.
  func run(packed: Bool, _ variant: KernelVariant) -> [T] {
    let size = MemoryLayout<T>.size
    let from = b.address + offset * bType.byteSize(T.type)
    let resultStride = columns + 2
    let result = Memory([T](repeating: 42, count: rows * resultStride + 2))
    let room = Memory(
      [UInt8](
        repeating: 0xa5,
        count: packed
          ? MatrixProduct.packedByteCount(
            T.type, columns: columns, depth: depth, bType: bType, variant: variant) : 0))
    if packed {
      MatrixProduct.pack(
        T.type, columns: columns, depth: depth, b: from, bStride: bStride, bType: bType, bTransposed: transposed,
        to: room.address, variant: variant)
    }
    steps.withSteps { steps in
      MatrixProduct.run(
        T.type, rows: rows, columns: columns, depth: depth, a: a.address + offset * size, aStride: aStride,
        b: packed ? nil : UnsafeRawPointer(from), bStride: bStride, bType: bType, bTransposed: transposed,
        packed: packed ? UnsafeRawPointer(room.address) : nil, scales: scales.map { UnsafeRawPointer($0.address) },
        bias: bias.map { UnsafeRawPointer($0.address) }, steps: steps, result: result.address + size,
        resultStride: resultStride, variant: variant)
    }
    return result.elements
  }

  /// The product of B as numbers, not transposed; then scales, bias and steps in Swift; laid out as `run` does it.
  func inParts() -> [T] {
    let dense: [T] = (0..<depth * columns).map { i in
      let (k, c) = (i / columns, i % columns)
      return wide[offset + (transposed ? c * bStride + k : k * bStride + c)]
    }
    let left = a.elements
    let rowsOfA: [T] = (0..<rows * depth).map { left[offset + $0 / depth * aStride + $0 % depth] }
    var sums = product(
      rows: rows, columns: columns, depth: depth, a: rowsOfA, b: dense, bias: nil, variant: ProductTests.plain)
    let (factors, summands) = (scales?.elements, bias?.elements)
    for i in sums.indices {
      if let factors { sums[i] *= factors[i % columns] }
      if let summands { sums[i] += summands[i % columns] }
    }
    sums = steps.oneAfterAnother(sums)
    var result = [T](repeating: 42, count: rows * (columns + 2) + 2)
    for i in sums.indices { result[1 + i / columns * (columns + 2) + i % columns] = sums[i] }
    return result
  }
}
