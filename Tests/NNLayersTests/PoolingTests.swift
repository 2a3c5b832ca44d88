import NNFormat
import NNLayers
import NNTestSupport
import Testing

@Suite struct PoolingTests {
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

  private func pooling(_ size: WindowSize, _ change: (inout MaxPooling) -> Void = { _ in }) -> MaxPooling {
    var layer = MaxPooling(poolSize: size)
    change(&layer)
    return layer
  }

  @Test func openExtentsGiveOpenOnes() throws {
    let (n, m) = (Self.n, Self.m)
    #expect(try shape(MaxPooling(poolSize: [2, 3]), [n, 7, m, m]) == [n, 3, .unknown, m])
    #expect(
      try shape(
        pooling([2, 3]) {
          $0.padding = .same
          $0.strides = [1, 2]
        }, [n, m, m, 2]) == [n, m, .unknown, 2])
    #expect(try shape(GlobalMaxPooling(), [n, m, m, 5]) == [n, 5])
    var kept = GlobalAveragePooling()
    kept.keepdims = true
    #expect(try shape(kept, [n, m, m, 5]) == [n, 1, 1, 5])
    kept.dataFormat = .channelsFirst
    #expect(try shape(kept, [n, 5, m, m]) == [n, 5, 1, 1])
  }

  @Test func ceilModeAddsAWindowThatBeginsInTheInput() throws {
    func windows(_ extent: Dimension, _ change: (inout MaxPooling) -> Void) throws -> Dimension {
      try shape(pooling([2], change), [1, extent, 1])[1]
    }
    #expect(try windows(8) { $0.strides = [5] } == 2)
    #expect(
      try windows(8) {
        $0.strides = [3]
        $0.ceilMode = true
      } == 3)
    // The third window would begin at the padding behind the input.
    #expect(
      try windows(5) {
        $0.strides = [3]
        $0.ceilMode = true
        $0.padding = .explicit
        $0.pads = [1, 1]
      } == 2)
    #expect(
      problem(
        pooling([2]) {
          $0.padding = .same
          $0.ceilMode = true
        }, [1, 5, 1])
        == refused("ceil_mode", "needs the padding 'valid' or 'explicit', and it is 'same'"))
  }

  @Test func theRankIsThatOfTheWindow() {
    let found = TensorType(.f32, [2, 5, 5, 3])
    let expected = ModelError(
      LayerProblem.badInput(index: 0, expected: "of rank 3, [n, spatial..., channels]", found: found))
    #expect(problem(MaxPooling(poolSize: [2]), found.shape) == expected)
    #expect(problem(AveragePooling(poolSize: [2]), found.shape) == expected)
    #expect(problem(LpPooling(poolSize: [2]), found.shape) == expected)
    for shape in [[2, 5], [2, 1, 1, 1, 1, 5]] as [[Dimension]] {
      let rank = ModelError(
        LayerProblem.badInput(
          index: 0, expected: "of rank 3, 4 or 5, [n, spatial..., channels]", found: TensorType(.f32, shape)))
      #expect(problem(GlobalMaxPooling(), shape) == rank)
      #expect(problem(GlobalAveragePooling(), shape) == rank)
    }
  }

  @Test func theWindowFitsInThePaddedInput() {
    let expected = refused("pool_size", "the window spans 3 along spatial dimension 0, and the padded input 2")
    #expect(problem(MaxPooling(poolSize: [3]), [1, 2, 1]) == expected)
    #expect(problem(AveragePooling(poolSize: [3]), [1, 2, 1]) == expected)
    #expect(problem(LpPooling(poolSize: [3]), [1, 2, 1]) == expected)
    #expect(problem(MaxPooling(poolSize: [3]), [1, 3, 1]) == nil)
  }

  @Test func settingsAgreeWithTheWindow() {
    let words = "must have no number or as many as 'pool_size', 1, found 2"
    #expect(problem(pooling([2]) { $0.strides = [1, 1] }, [1, 5, 1]) == refused("strides", words))
    #expect(problem(pooling([2]) { $0.dilationRate = [1, 1] }, [1, 5, 1]) == refused("dilation_rate", words))
    #expect(
      problem(pooling([2]) { $0.padding = .explicit }, [1, 5, 1])
        == refused("pads", "must have 2 numbers, the starts and the ends, found 0"))
  }

  @Test func windowsThatCannotBeCountedAreRefused() {
    let extent = 1 << 32
    let far = PadSize(extent) ?? 0
    var layer = AveragePooling(poolSize: WindowSize([extent, extent]) ?? [1])
    layer.padding = .explicit
    layer.pads = [far, far, far, far]
    #expect(
      problem(layer, [1, 5, 5, 1])
        == ModelError(ModelProblem.shapeOverflow([extent, extent]), at: .field("pool_size")))
  }

  @Test func noGlobalWindowIsEmpty() {
    let hollow = [2, 3, 0, 5] as [Dimension]
    let expected = ModelError(
      LayerProblem.badInput(index: 0, expected: "of spatial extents above 0", found: TensorType(.f32, hollow)))
    #expect(problem(GlobalMaxPooling(), hollow) == expected)
    #expect(problem(GlobalAveragePooling(), hollow) == expected)
    #expect(problem(GlobalMaxPooling(), [0, 3, 1, 5]) == nil)
  }

  @Test func thereAreTwoNorms() {
    #expect(NormOrder(json: 3) == nil)
    #expect(NormOrder(json: 1) == .one)
    #expect(NormOrder(json: 2) == .two)
  }

  @Test func everyChoiceHasACase() throws {
    for kind in ["max_pooling", "average_pooling", "lp_pooling"] {
      let cases = try LayerCase.all(of: kind)
      func chosen(_ field: String) -> Set<JSONValue> { Set(cases.compactMap { $0.fields[field] }) }
      #expect(chosen("padding").isSuperset(of: ["same", "same_lower", "explicit"]), "\(kind)")
      #expect(chosen("data_format").contains("channels_first"), "\(kind)")
      #expect(chosen("ceil_mode").contains(true), "\(kind)")
    }
  }
}
