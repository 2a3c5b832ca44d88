import NNFormat
import NNKernels

/// A convolution that the threads of a run divide among them by its output positions, which changes no bit.
struct DividedConvolution {
  let product: ConvolutionProduct

  /// The bytes of working memory of one thread, rounded up so that no two share a cache line.
  func threadScratchByteCount(_ kernelType: WeightType) -> Int {
    let (count, overflow) = product.scratchByteCount(kernelType).addingReportingOverflow(63)
    return overflow ? .max : count & ~63
  }

  /// Writes the convolution of the first input by the first parameter, with the fused steps.
  ///
  /// - Parameter bias: the second parameter, if there is one.
  func run(_ values: borrowing LayerValues, bias: UnsafeRawPointer?) {
    let (input, kernel) = (values.inputs[0], values.parameters[0])
    let stored = WeightType(stored: kernel.dataType, computing: input.dataType) ?? .same
    let address = values.address(of: kernel)
    let weights = ConvolutionProduct.Weights(
      kernel: kernel.isPacked ? nil : address, type: stored, packed: kernel.isPacked ? address : nil,
      scales: values.scales(of: kernel), bias: bias)
    // Few positions with many filters still share the weights, which each thread then reads.
    let positions = product.samples * product.window.outputs
    let columns = product.format == .channelsLast ? product.filters : product.window.outputs
    let x = values.address(of: input)
    let result = values.mutableAddress(of: values.outputs[0])
    let scratch = values.scratch
    let scratchSize = threadScratchByteCount(stored)
    values.withSteps(columns: columns) { steps in
      let work = Positions(
        product: product, input: x, weights: weights, steps: steps, result: result, scratch: scratch,
        scratchSize: scratchSize)
      values.crew.divide(
        work, count: positions, least: 8, cost: product.multiplyAdds ?? .max, partsPerThread: 1)
    }
  }

  /// The output positions of all samples.
  private struct Positions: DividedWork {
    let product: ConvolutionProduct
    let input: UnsafeRawPointer
    let weights: ConvolutionProduct.Weights
    let steps: UnsafeBufferPointer<ElementStep>
    let result: UnsafeMutableRawPointer
    let scratch: UnsafeMutableRawPointer
    let scratchSize: Int

    func run(_ positions: Range<Int>, part: Int) {
      product.run(
        input: input, weights, steps: steps, result: result, positions: positions,
        scratch: scratch + part * scratchSize)
    }
  }
}

/// A layer that is one convolution.
protocol ConvolutionLayer: FusingLayer {
  /// Where the channels stand.
  var dataFormat: DataFormat { get }
  /// The convolution of inputs of fixed extents; nil where they are open or do not fit.
  func product(for inputs: [TensorType]) -> ConvolutionProduct?
}

extension ConvolutionLayer {
  /// Where the channels come last the result is a matrix whose columns are the filters.
  package func fuses(for inputs: [TensorType]) -> Bool { dataFormat == .channelsLast }

  /// What each thread needs.
  package func scratchSize(for inputs: [TensorType], threads: Int) -> Int {
    guard let product = product(for: inputs) else { return 0 }
    // The type of the kernel is not known here; a narrow one needs the most.
    let divided = DividedConvolution(product: product)
    let most = max(
      divided.threadScratchByteCount(.same), product.type == .f32 ? divided.threadScratchByteCount(.f16) : 0)
    return most.multipliedClamped(by: max(1, threads))
  }
}
