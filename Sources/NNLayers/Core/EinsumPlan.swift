import NNFormat
import NNKernels

/// An equation over known extents as matrix products: one for each position on the letters that all three terms share.
struct EinsumPlan {
  private let equation: EinsumEquation
  private let input: EinsumTerm
  private let kernel: EinsumTerm
  private let output: EinsumTerm
  let shared: Int
  let rows: Int
  let depth: Int
  let columns: Int
  let movesInput: Bool
  let movesKernel: Bool
  let movesOutput: Bool

  init(_ equation: EinsumEquation, input: Shape, kernel: Shape, output: Shape) {
    self.equation = equation
    self.input = EinsumTerm(labels: equation.input, shape: input)
    self.kernel = EinsumTerm(labels: equation.kernel, shape: kernel)
    self.output = EinsumTerm(labels: equation.output, shape: output)
    shared = self.input.count(equation.shared)
    rows = self.input.count(equation.rows)
    depth = self.input.count(equation.depth)
    columns = self.kernel.count(equation.columns)
    movesInput = !EinsumPlan.isInOrder(equation.input, equation.shared, equation.rows, equation.depth)
    movesKernel = !EinsumPlan.isInOrder(equation.kernel, equation.shared, equation.depth, equation.columns)
    movesOutput = !EinsumPlan.isInOrder(equation.output, equation.shared, equation.rows, equation.columns)
  }

  private static func isInOrder(_ labels: [UInt8], _ first: [UInt8], _ second: [UInt8], _ third: [UInt8]) -> Bool {
    var place = 0
    for part in 0..<3 {
      for label in part == 0 ? first : part == 1 ? second : third {
        guard labels[place] == label else { return false }
        place += 1
      }
    }
    return true
  }

  /// Where the working memory has what, counted in bytes from its start.
  private struct Memory {
    let input, kernel, output, end: Int
  }

  private func memory(_ type: FloatType) -> Memory {
    func size(_ term: EinsumTerm, _ moves: Bool) -> Int {
      // No memory holds more.
      min(moves ? term.shape.count.multipliedClamped(by: type.byteSize) : 0, Int.max / 8) + 63 & ~63
    }
    let first = StridedCopy.scratchSize + 63 & ~63
    let kernelStart = first + size(input, movesInput)
    let outputStart = kernelStart + size(kernel, movesKernel)
    return Memory(
      input: first, kernel: kernelStart, output: outputStart, end: outputStart + size(output, movesOutput))
  }

  /// The bytes of working memory.
  func scratchSize(_ type: FloatType) -> Int { memory(type).end }

  /// Writes the products of `x` with the kernel, whose rows have `columns` elements.
  func run(
    _ type: FloatType, _ x: UnsafeRawPointer, _ weights: ProductWeights, to y: UnsafeMutableRawPointer,
    scratch: UnsafeMutableRawPointer, on crew: Crew
  ) {
    guard output.shape.count > 0 else { return }
    let memory = memory(type)
    var (a, weights, result) = (x, weights, y)
    if movesInput {
      let copy = copy(of: input, equation.shared + equation.rows + equation.depth, scratch)
      copy.run(from: x, to: scratch + memory.input, size: type.byteSize, on: crew)
      a = UnsafeRawPointer(scratch + memory.input)
    }
    if movesKernel {
      let copy = copy(of: kernel, equation.shared + equation.depth + equation.columns, scratch)
      copy.run(
        from: weights.address, to: scratch + memory.kernel, size: weights.stored.byteSize(type), on: crew)
      weights = weights.at(UnsafeRawPointer(scratch + memory.kernel))
    }
    if movesOutput { result = scratch + memory.output }
    DividedProduct(type: type, rows: rows, columns: columns, depth: depth).run(
      crew, count: shared, inputs: a, weights: weights, results: result)
    guard movesOutput else { return }
    var copy = StridedCopy(scratch: scratch)
    for label in equation.output { copy.append(output.extent(label), stride: productStride(label)) }
    copy.run(from: result, to: y, size: type.byteSize, on: crew)
  }

  /// A copy of a term's value with its letters in another order.
  private func copy(of term: EinsumTerm, _ order: [UInt8], _ scratch: UnsafeMutableRawPointer) -> StridedCopy {
    var copy = StridedCopy(scratch: scratch)
    for label in order { copy.append(term.extent(label), stride: term.stride(label)) }
    return copy
  }

  /// How many elements of the products lie between neighbours along a letter of the output.
  private func productStride(_ label: UInt8) -> Int {
    var stride = 1
    for other in (equation.shared + equation.rows + equation.columns).reversed() {
      guard other != label else { break }
      stride *= output.extent(other)
    }
    return stride
  }

  /// Adds a bias that has the extents of the named letters, in the output's order.
  func addBias<Scalar: ComputingScalar>(
    _ bias: UnsafePointer<Scalar>, named names: EinsumLetters, to y: UnsafeMutablePointer<Scalar>
  ) {
    guard output.shape.count > 0 else { return }
    add(bias, names, to: y, 0, 0)
  }

  private func add<Scalar: ComputingScalar>(
    _ bias: UnsafePointer<Scalar>, _ names: EinsumLetters, to y: UnsafeMutablePointer<Scalar>, _ index: Int,
    _ place: Int
  ) {
    let label = equation.output[index]
    let (extent, stride) = (output.extent(label), output.stride(label))
    let step = biasStride(label, names)
    for position in 0..<extent {
      let (from, to) = (place + position * step, y + position * stride)
      if index + 1 == equation.output.count {
        to.pointee = to.pointee + bias[from]
      } else {
        add(bias, names, to: to, index + 1, from)
      }
    }
  }

  /// How many elements of the bias lie between neighbours along a label; 0 if the bias does not have it.
  private func biasStride(_ label: UInt8, _ names: EinsumLetters) -> Int {
    guard names.contains(label), let index = equation.output.firstIndex(of: label) else { return 0 }
    var stride = 1
    for other in equation.output[(index + 1)...] where names.contains(other) { stride *= output.extent(other) }
    return stride
  }
}
