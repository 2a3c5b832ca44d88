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

  func run<Scalar: ComputingScalar>(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>,
    scratch: UnsafeMutablePointer<Scalar>
  ) {
    guard output.shape.count > 0 else { return }
    var free = scratch
    var (a, b, result) = (x, weights, y)
    if movesInput {
      a = EinsumPlan.gather(x, input, (equation.shared, equation.rows, equation.depth), to: free)
      free += input.shape.count
    }
    if movesKernel {
      b = EinsumPlan.gather(weights, kernel, (equation.shared, equation.depth, equation.columns), to: free)
      free += kernel.shape.count
    }
    if movesOutput {
      result = free
      free += output.shape.count
    }
    for index in 0..<shared {
      MatrixProduct.run(
        Scalar.floatType, rows: rows, columns: columns, depth: depth, a: a + index * rows * depth,
        b: b + index * depth * columns, result: result + index * rows * columns)
    }
    guard movesOutput else { return }
    var read = 0
    EinsumPlan.walk(output, (equation.shared, equation.rows, equation.columns), 0, 0) { place in
      y[place] = result[read]
      read += 1
    }
  }

  private static func gather<Scalar: ComputingScalar>(
    _ source: UnsafePointer<Scalar>, _ term: EinsumTerm, _ order: ([UInt8], [UInt8], [UInt8]),
    to target: UnsafeMutablePointer<Scalar>
  ) -> UnsafePointer<Scalar> {
    guard term.shape.count > 0 else { return UnsafePointer(target) }
    var written = 0
    walk(term, order, 0, 0) { place in
      target[written] = source[place]
      written += 1
    }
    return UnsafePointer(target)
  }

  /// Calls `body` with the places of a value's elements, in row-major order of the labels in three lists.
  private static func walk(
    _ term: EinsumTerm, _ order: ([UInt8], [UInt8], [UInt8]), _ index: Int, _ start: Int, _ body: (Int) -> Void
  ) {
    let (first, second) = (order.0.count, order.0.count + order.1.count)
    guard index < second + order.2.count else { return body(start) }
    let label =
      index < first ? order.0[index] : index < second ? order.1[index - first] : order.2[index - second]
    let stride = term.stride(label)
    for position in 0..<term.extent(label) { walk(term, order, index + 1, start + position * stride, body) }
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
