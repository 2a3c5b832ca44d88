import NNFormat
import NNLayers
import NNTestSupport
import Testing

@Suite struct ConvolutionTests {
  private static let n = Dimension.symbol("N")
  private static let m = Dimension.symbol("M")

  private func shape(_ layer: some Layer, _ input: [Dimension]) throws -> [Dimension] {
    try #require(try layer.outputs(for: [TensorType(.f32, input)]).first).shape
  }

  private func problem(_ layer: some Layer, _ input: [Dimension]) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try layer.outputs(for: [TensorType(.f32, input)]) })
  }

  private func refused(_ field: String, _ reason: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  private func convolution(
    _ size: WindowSize, _ change: (inout Convolution) -> Void = { _ in }
  ) -> Convolution {
    var layer = Convolution(filters: 4, kernelSize: size)
    change(&layer)
    return layer
  }

  @Test func openExtentsGiveOpenOnes() throws {
    let (n, m) = (Self.n, Self.m)
    #expect(try shape(convolution([3, 3]), [n, 5, m, 2]) == [n, 3, .unknown, 4])
    #expect(try shape(convolution([3, 3]) { $0.padding = .same }, [n, 5, m, 2]) == [n, 5, m, 4])
    #expect(try shape(convolution([3]) { $0.padding = .causal }, [n, m, 2]) == [n, m, 4])
    #expect(
      try shape(
        convolution([3]) {
          $0.padding = .same
          $0.strides = [2]
        }, [n, m, 2]) == [n, .unknown, 4])
    #expect(
      try shape(convolution([3, 1]) { $0.dataFormat = .channelsFirst }, [n, 2, 7, m]) == [n, 4, 5, .unknown])
  }

  @Test func theRankIsThatOfTheWindow() {
    let last = "of rank 4, [n, spatial..., channels]"
    let first = "of rank 4, [n, channels, spatial...]"
    for shape in [[2, 5, 3], [2, 5, 5, 5, 3], []] as [[Dimension]] {
      let found = TensorType(.f32, shape)
      #expect(
        problem(convolution([3, 3]), shape)
          == ModelError(LayerProblem.badInput(index: 0, expected: last, found: found)))
      #expect(
        problem(convolution([3, 3]) { $0.dataFormat = .channelsFirst }, shape)
          == ModelError(LayerProblem.badInput(index: 0, expected: first, found: found)))
    }
    #expect(problem(convolution([3, 3]), [2, 5, 5, 3]) == nil)
  }

  @Test func theNumberOfChannelsIsFixed() {
    let open = [2, 5, Self.m] as [Dimension]
    let expected = ModelError(
      LayerProblem.badInput(index: 0, expected: "of a fixed number of channels", found: TensorType(.f32, open)))
    #expect(problem(convolution([3]), open) == expected)
    #expect(problem(DepthwiseConvolution(kernelSize: [3]), open) == expected)
  }

  @Test func theWindowFitsInThePaddedInput() {
    #expect(
      problem(convolution([2, 4]), [1, 2, 3, 1])
        == refused("kernel_size", "the window spans 4 along spatial dimension 1, and the padded input 3"))
    #expect(problem(convolution([2, 3]), [1, 2, 3, 1]) == nil)
    let dilated = convolution([3]) { $0.dilationRate = [2] }
    #expect(
      problem(dilated, [1, 4, 1])
        == refused("kernel_size", "the window spans 5 along spatial dimension 0, and the padded input 4"))
    #expect(problem(dilated, [1, 5, 1]) == nil)
    let padded = convolution([6]) {
      $0.padding = .explicit
      $0.pads = [1, 2]
    }
    #expect(
      problem(padded, [1, 2, 1])
        == refused("kernel_size", "the window spans 6 along spatial dimension 0, and the padded input 5"))
    #expect(problem(padded, [1, 3, 1]) == nil)
    #expect(problem(convolution([3]) { $0.padding = .same }, [1, 1, 1]) == nil)
    #expect(
      problem(convolution([1]), [1, 0, 1])
        == refused("kernel_size", "the window spans 1 along spatial dimension 0, and the padded input 0"))
  }

  @Test func groupsDivideChannelsAndFilters() {
    func grouped(_ groups: Positive, _ channels: Dimension) -> ModelError? {
      problem(convolution([1]) { $0.groups = groups }, [1, 3, channels])
    }
    let words = "must divide the 6 channels of the input and the 4 filters, and"
    #expect(grouped(4, 6) == refused("groups", "\(words) 4 does not"))
    #expect(grouped(3, 6) == refused("groups", "\(words) 3 does not"))
    #expect(grouped(2, 6) == nil)
    #expect(grouped(4, 8) == nil)
  }

  @Test func settingsAgreeWithTheWindow() {
    let words = "must have no number or as many as 'kernel_size', 2, found"
    #expect(
      problem(convolution([3, 3]) { $0.strides = [1, 1, 1] }, [1, 5, 5, 1]) == refused("strides", "\(words) 3"))
    #expect(
      problem(convolution([3, 3]) { $0.dilationRate = [2] }, [1, 5, 5, 1])
        == refused("dilation_rate", "\(words) 1"))
    #expect(
      problem(convolution([3, 3]) { $0.padding = .explicit }, [1, 5, 5, 1])
        == refused("pads", "must have 4 numbers, the starts and the ends, found 0"))
    #expect(
      problem(convolution([3, 3]) { $0.pads = [0, 0, 0, 0] }, [1, 5, 5, 1])
        == refused("pads", "needs the padding 'explicit', and it is 'valid'"))
    #expect(
      problem(convolution([3, 3]) { $0.padding = .causal }, [1, 5, 5, 1])
        == refused("padding", "'causal' is for one spatial dimension, and 'kernel_size' has 2"))
  }

  @Test func numbersThatCannotBeCountedAreRefused() {
    let tooLarge = refused("kernel_size", "the window along spatial dimension 0 is too large to be counted")
    let huge = Positive(.max) ?? 1
    #expect(
      problem(
        convolution([3]) {
          $0.dilationRate = [huge]
          $0.padding = .same
        }, [1, 5, 1]) == tooLarge)
    #expect(problem(convolution([2]) { $0.strides = [huge] }, [1, 5, 1]) == tooLarge)
    #expect(problem(convolution([1]) { $0.dilationRate = [huge] }, [1, 5, 1]) == nil)
    #expect(
      problem(
        convolution([1]) {
          $0.padding = .explicit
          $0.pads = [PadSize(.max) ?? 0, 1]
        }, [1, 5, 1]) == tooLarge)
    let extent = 1 << 32
    let window = WindowSize([extent, extent]) ?? [1]
    #expect(
      problem(convolution(window), [1, 5, 5, 1])
        == ModelError(ModelProblem.shapeOverflow([extent, extent]), at: .field("kernel_size")))
    #expect(
      problem(Convolution(filters: huge, kernelSize: [2]), [1, 5, 3])
        == ModelError(ModelProblem.shapeOverflow([2, 3, .max])))
    var many = DepthwiseConvolution(kernelSize: [2])
    many.depthMultiplier = huge
    #expect(problem(many, [1, 5, 3]) == ModelError(ModelProblem.shapeOverflow([2, 3, .max])))
  }

  @Test func outputsThatCannotBeCountedNeedNoMemory() throws {
    let far = try #require(PadSize(1 << 40))
    let layer = convolution([1, 1]) {
      $0.padding = .explicit
      $0.pads = [far, far, far, far]
    }
    let input = TensorType(.f32, [1, 5, 5, 1])
    let outputs = try layer.outputs(for: [input])
    #expect(error(thrownBy: { () throws(ModelError) in try outputs[0].knownShape() }) != nil)
    #expect(layer.scratchSize(for: [input]) == 0)
    #expect(layer.multiplyAdds(for: [input]) == nil)
  }

  @Test(arguments: [[], [1, 1, 1, 1], [0], [-1, 2]] as [[Int]])
  func windowsHaveOneToThreePositiveExtents(extents: [Int]) {
    #expect(WindowSize(extents) == nil)
    #expect(WindowSize(json: extents.json) == nil)
    #expect(WindowSize([1, 2, 3]) != nil)
    #expect(PadSize(json: -1) == nil)
    #expect(PadSize(json: 0) == 0)
  }

  @Test func multiplyAddsAreThoseOfTheInnerProducts() {
    let layer = convolution([3, 2]) {
      $0.groups = 2
      $0.padding = .same
    }
    #expect(layer.multiplyAdds(for: [TensorType(.f32, [5, 7, 11, 6])]) == 5 * 7 * 11 * 4 * 3 * 2 * 3)
    #expect(layer.multiplyAdds(for: [TensorType(.f32, [Self.n, 7, 11, 6])]) == nil)
    var each = DepthwiseConvolution(kernelSize: [3])
    each.depthMultiplier = 2
    #expect(each.multiplyAdds(for: [TensorType(.f32, [5, 7, 3])]) == 5 * 5 * 3 * 2 * 3)
  }

  @Test func everyChoiceHasACase() throws {
    for kind in ["convolution", "depthwise_convolution"] {
      let cases = try LayerCase.all(of: kind)
      func chosen(_ field: String) -> Set<JSONValue> { Set(cases.compactMap { $0.fields[field] }) }
      #expect(chosen("padding").isSuperset(of: ["same", "same_lower", "causal", "explicit"]), "\(kind)")
      #expect(chosen("data_format").contains("channels_first"), "\(kind)")
      #expect(chosen("use_bias").contains(false), "\(kind)")
    }
  }
}
