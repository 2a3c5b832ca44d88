import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// The kinds beside `convolution` that have windows of their own.
@Suite struct TransposedConvolutionTests {
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

  private func transposed(
    _ size: WindowSize, _ change: (inout ConvolutionTranspose) -> Void = { _ in }
  ) -> ConvolutionTranspose {
    var layer = ConvolutionTranspose(filters: 4, kernelSize: size)
    change(&layer)
    return layer
  }

  @Test func outputsFollowFromWhatIsReached() throws {
    #expect(try shape(transposed([3, 2]), [Self.n, 5, Self.m, 1]) == [Self.n, 7, .unknown, 4])
    func extent(_ change: (inout ConvolutionTranspose) -> Void) throws -> Dimension {
      try shape(transposed([3], change), [1, 5, 2])[1]
    }
    #expect(try extent { $0.strides = [2] } == 11)
    #expect(
      try extent {
        $0.strides = [4]
        $0.outputPadding = [1]
      } == 20)
    #expect(
      try extent {
        $0.strides = [4]
        $0.padding = .same
      } == 20)
    #expect(
      try extent {
        $0.dilationRate = [3]
        $0.padding = .explicit
        $0.pads = [2, 1]
      } == 8)
  }

  @Test func theCutLeavesAnOutput() {
    let cut = transposed([3]) {
      $0.padding = .explicit
      $0.pads = [3, 2]
    }
    #expect(
      problem(cut, [1, 3, 1])
        == refused("kernel_size", "spatial dimension 0 has 3 positions, of which the padding leaves no output"))
    #expect(problem(cut, [1, 4, 1]) == nil)
    #expect(
      problem(transposed([3]), [1, 0, 1])
        == refused("kernel_size", "spatial dimension 0 has 0 positions, of which the padding leaves no output"))
  }

  @Test func settingsAgreeWithTheWindow() {
    #expect(
      problem(transposed([3, 3]) { $0.outputPadding = [1] }, [1, 5, 5, 1])
        == refused("output_padding", "must have no number or as many as 'kernel_size', 2, found 1"))
    #expect(
      problem(
        transposed([3]) {
          $0.outputPadding = [1]
          $0.padding = .same
        }, [1, 5, 1])
        == refused("output_padding", "needs the padding 'valid' or 'explicit', and it is 'same'"))
    #expect(
      problem(transposed([3]) { $0.pads = [1, 1] }, [1, 5, 1])
        == refused("pads", "needs the padding 'explicit', and it is 'valid'"))
    #expect(
      problem(transposed([3]) { $0.groups = 3 }, [1, 5, 6])
        == refused(
          "groups", "must divide the 6 channels of the input and the 4 filters, and 3 does not"))
  }

  @Test func numbersThatCannotBeCountedAreRefused() {
    let tooLarge = refused("kernel_size", "the window along spatial dimension 0 is too large to be counted")
    let huge = Positive(.max) ?? 1
    #expect(problem(transposed([1]) { $0.strides = [huge] }, [1, 5, 1]) == tooLarge)
    #expect(problem(transposed([2]) { $0.dilationRate = [huge] }, [1, 5, 1]) == tooLarge)
    #expect(problem(transposed([1]) { $0.dilationRate = [huge] }, [1, 5, 1]) == nil)
    #expect(problem(transposed([1]) { $0.outputPadding = [PadSize(.max) ?? 0] }, [1, 5, 1]) == tooLarge)
  }

  @Test func multiplyAddsLeaveOutWhatNoInputReaches() {
    let input = TensorType(.f32, [2, 4, 3])
    #expect(transposed([1]).multiplyAdds(for: [input]) == 2 * 4 * 4 * 3)
    #expect(transposed([2]) { $0.strides = [2] }.multiplyAdds(for: [input]) == 2 * 8 * 4 * 3)
    #expect(transposed([1]) { $0.strides = [5] }.multiplyAdds(for: [input]) == 2 * 4 * 4 * 3)
    let far = transposed([1]) { $0.strides = [Positive(1 << 40) ?? 1] }
    #expect(far.multiplyAdds(for: [TensorType(.f32, [1, 5, 1])]) == 5 * 4)
  }

  @Test func separableConvolutionsMultiplyTwice() {
    var layer = SeparableConvolution(filters: 5, kernelSize: [3])
    layer.depthMultiplier = 2
    let input = TensorType(.f32, [2, 7, 3])
    #expect(layer.multiplyAdds(for: [input]) == 2 * 5 * (6 * 3 + 6 * 5))
    layer.depthMultiplier = Positive(.max) ?? 1
    #expect(problem(layer, input.shape) == ModelError(ModelProblem.shapeOverflow([3, 3, .max])))
  }

  @Test func locallyConnectedKernelsNeedFixedExtents() throws {
    let layer = LocallyConnected(filters: 4, kernelSize: [3])
    let open = [Self.n, Self.m, 2] as [Dimension]
    #expect(
      problem(layer, open)
        == ModelError(
          LayerProblem.badInput(index: 0, expected: "of fixed spatial extents", found: TensorType(.f32, open))))
    #expect(try shape(layer, [Self.n, 5, 2]) == [Self.n, 3, 4])
    #expect(
      problem(layer, [1, 2, 2])
        == refused("kernel_size", "the window spans 3 along spatial dimension 0, and the padded input 2"))
  }

  @Test func locallyConnectedWindowsArePaddedAndSpread() throws {
    var layer = LocallyConnected(filters: 4, kernelSize: [3])
    layer.padding = .same
    #expect(try shape(layer, [Self.n, 2, 2]) == [Self.n, 2, 4])
    #expect(
      try layer.parameters(for: [TensorType(.f32, [Self.n, 2, 2])]).first
        == Parameter("kernel", TensorType(.f32, [2, 3, 2, 4])))
    layer.padding = .explicit
    #expect(problem(layer, [1, 2, 2]) == refused("pads", "must have 2 numbers, the starts and the ends, found 0"))
    layer.padding = .valid
    layer.dilationRate = [2]
    #expect(
      problem(layer, [1, 4, 2])
        == refused("kernel_size", "the window spans 5 along spatial dimension 0, and the padded input 4"))
    layer.dilationRate = [2, 2]
    #expect(
      problem(layer, [1, 7, 2])
        == refused("dilation_rate", "must have no number or as many as 'kernel_size', 1, found 2"))
    let choices = Set(try LayerCase.all(of: "locally_connected").compactMap { $0.fields["padding"] })
    #expect(choices == ["same", "same_lower", "causal", "explicit"])
  }

  @Test func adaptivePoolsShareExtentsOut() throws {
    let (n, m) = (Self.n, Self.m)
    #expect(try shape(AdaptiveAveragePooling(outputSize: [2, 3]), [n, m, 5, 7]) == [n, 2, 3, 7])
    let hollow = [2, 0, 5] as [Dimension]
    let empty = ModelError(
      LayerProblem.badInput(index: 0, expected: "of spatial extents above 0", found: TensorType(.f32, hollow)))
    #expect(problem(AdaptiveAveragePooling(outputSize: [2]), hollow) == empty)
    #expect(problem(AdaptiveMaxPooling(outputSize: [2]), hollow) == empty)
    let huge = WindowSize([.max / 4]) ?? [1]
    #expect(
      problem(AdaptiveMaxPooling(outputSize: huge), [1, 5, 1])
        == refused("output_size", "its windows along spatial dimension 0 are too many to be counted"))
  }

  @Test func everyChoiceHasACase() throws {
    let cases = try LayerCase.all(of: "convolution_transpose")
    func chosen(_ field: String) -> Set<JSONValue> { Set(cases.compactMap { $0.fields[field] }) }
    #expect(chosen("padding").isSuperset(of: ["same", "same_lower", "explicit"]))
    #expect(chosen("use_bias").contains(false))
    for kind in [
      "convolution_transpose", "separable_convolution", "locally_connected", "adaptive_average_pooling",
      "adaptive_max_pooling",
    ] {
      let formats = Set(try LayerCase.all(of: kind).compactMap { $0.fields["data_format"] })
      #expect(formats.contains("channels_first"), "\(kind)")
    }
  }
}
