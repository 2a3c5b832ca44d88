import NNFormat
import NNLayers
import NNTestSupport
import Testing

@Suite struct NormalizationTests {
  private let n = Dimension.symbol("N")

  private func problem(_ layer: some Layer, _ input: TensorType) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in try layer.outputs(for: [input]) })
  }

  private func setting(_ reason: String, _ field: String) -> ModelError {
    ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
  }

  private func input(_ expected: String, _ found: TensorType) -> ModelError {
    ModelError(LayerProblem.badInput(index: 0, expected: expected, found: found))
  }

  @Test func theNormalizedExtentsMustBeFixed() {
    let open = TensorType(.f32, [n, .symbol("M"), 3])
    for layer in [BatchNormalization(axis: 1), InstanceNormalization(), GroupNormalization(groups: 1, axis: 1)]
      as [any Layer]
    {
      #expect(problem(layer, open) == input("of a fixed extent along axis 1", open))
    }
    #expect(problem(LayerNormalization(axes: [-1, -2]), open) == input("of a fixed extent along axis 1", open))
    #expect(problem(RMSNormalization(axes: [0]), open) == input("of a fixed extent along axis 0", open))
    #expect(problem(UnitNormalization(axes: [1, 0]), open) == nil)
    #expect(problem(BatchNormalization(), open) == nil)
    #expect(problem(LayerNormalization(), open) == nil)
    #expect(problem(GroupNormalization(groups: 3), open) == nil)
  }

  @Test func axesMustExistOnceAndBeSome() {
    let type = TensorType(.f64, [2, 3])
    let layers: [([Axis]) -> any Layer] = [
      { LayerNormalization(axes: $0) }, { RMSNormalization(axes: $0) }, { UnitNormalization(axes: $0) },
    ]
    for layer in layers {
      #expect(problem(layer([2]), type) == setting("the input has no axis 2; its axes are -2 to 1", "axes"))
      #expect(
        problem(layer([Axis(.min)]), type)
          == setting("the input has no axis \(Int.min); its axes are -2 to 1", "axes"))
      #expect(problem(layer([1, -1]), type) == setting("axis 1 stands twice", "axes"))
      #expect(problem(layer([]), type) == setting("at least one axis is needed", "axes"))
      #expect(
        problem(layer([-1]), TensorType(.f32, .scalar))
          == setting("the input has no axis -1; it has no dimensions", "axes"))
      #expect(problem(layer([1, 0]), type) == nil)
    }
    for layer in [BatchNormalization(axis: 2), GroupNormalization(groups: 1, axis: 2), InstanceNormalization(axis: 2)]
      as [any Layer]
    {
      #expect(problem(layer, type) == setting("the input has no axis 2; its axes are -2 to 1", "axis"))
    }
  }

  @Test func samplesAreNoChannels() {
    let reason = "the first axis counts samples and cannot be that of the channels"
    let type = TensorType(.f32, [2, 3])
    #expect(problem(GroupNormalization(groups: 1, axis: 0), type) == setting(reason, "axis"))
    #expect(problem(GroupNormalization(groups: 1), TensorType(.f32, [3])) == setting(reason, "axis"))
    #expect(problem(InstanceNormalization(axis: -2), type) == setting(reason, "axis"))
    #expect(problem(InstanceNormalization(axis: -1), type) == nil)
  }

  @Test func groupsDivideTheChannels() {
    #expect(
      problem(GroupNormalization(groups: 4), TensorType(.f32, [2, 6]))
        == setting("4 groups do not divide 6 channels", "groups"))
    #expect(
      problem(GroupNormalization(groups: 7), TensorType(.f32, [2, 6]))
        == setting("7 groups do not divide 6 channels", "groups"))
    #expect(problem(GroupNormalization(groups: 3), TensorType(.f32, [2, 6])) == nil)
  }

  @Test func whatIsRefusedNeedsNoScratch() {
    let type = TensorType(.f32, [2, 6])
    for layer in [
      LayerNormalization(axes: [.init(.min)]), RMSNormalization(axes: [7]), UnitNormalization(axes: [-9]),
      GroupNormalization(groups: 4, axis: 0), InstanceNormalization(axis: 0), BatchNormalization(axis: 4),
    ] as [any Layer] {
      #expect(layer.scratchSize(for: [type]) == 0)
    }
  }

  @Test func theNormIsOfOrderOneOrTwo() {
    #expect(
      problem(UnitNormalization(axes: [-1], order: 3), TensorType(.f32, [2]))
        == setting("the order of the norm must be 1 or 2, found 3", "order"))
  }

  @Test func extentsThatCannotBeCountedAreNoTrap() throws {
    let huge = TensorType(.f64, [1, .known(.max / 16)])
    for layer in [
      BatchNormalization(), LayerNormalization(axes: [0, 1]), RMSNormalization(), UnitNormalization(),
      GroupNormalization(groups: 1), InstanceNormalization(),
    ] as [any Layer] {
      #expect(try layer.outputs(for: [huge]) == [huge])
      #expect(layer.scratchSize(for: [huge]) >= 0)
      #expect(layer.scratchSize(for: [TensorType(.f64, [.known(.max), .known(.max)])]) >= 0)
    }
  }
}
