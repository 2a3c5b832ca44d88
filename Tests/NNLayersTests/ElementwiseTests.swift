import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// What the functions of one number, the gated unit and the trained rectifier refuse.
@Suite struct ElementwiseTests {
  private func problem(_ layer: some Layer, _ shape: [Dimension], type: DataType = .f32) -> ModelError? {
    error(thrownBy: { () throws(ModelError) in
      let input = TensorType(type, shape)
      _ = try layer.parameters(for: [input])
      return try layer.outputs(for: [input])
    })
  }

  @Test func aGateNeedsTwoHalves() throws {
    let odd = TensorType(.f32, [.known(2), .known(3)])
    #expect(
      problem(GLU(), odd.shape)
        == ModelError(LayerProblem.badInput(index: 0, expected: "of an even extent along axis 1", found: odd)))
    #expect(problem(GLU(axis: 0), odd.shape) == nil)
    #expect(
      problem(GLU(axis: 2), odd.shape)
        == ModelError(
          LayerProblem.badSetting(reason: "the input has no axis 2; its axes are -2 to 1"), at: .field("axis")))
    #expect(
      problem(GLU(), [])
        == ModelError(
          LayerProblem.badSetting(reason: "the input has no axis -1; it has no dimensions"), at: .field("axis")))
    let open = try GLU().outputs(for: [TensorType(.f32, [.known(2), .symbol("N")])])
    #expect(open == [TensorType(.f32, [.known(2), .unknown])])
  }

  @Test func slopesHaveTheShapeBehindTheBatch() throws {
    let input = TensorType(.f64, [.symbol("N"), .known(3), .known(5)])
    #expect(
      try PReLU().parameters(for: [input]) == [Parameter("alpha", TensorType(.f64, [.known(3), .known(5)]))])
    #expect(
      try PReLU(sharedAxes: [1]).parameters(for: [input])
        == [Parameter("alpha", TensorType(.f64, [.known(1), .known(5)]))])
    #expect(
      problem(PReLU(sharedAxes: [3]), input.shape)
        == ModelError(
          LayerProblem.badSetting(reason: "the input has no axis 3; those behind the batch are 1 to 2"),
          at: .field("shared_axes")))
    #expect(
      problem(PReLU(sharedAxes: [1]), [.known(3)])
        == ModelError(
          LayerProblem.badSetting(reason: "the input has no axis 1; it has only the batch"),
          at: .field("shared_axes")))
    let scalar = TensorType(.f32, .scalar)
    #expect(
      problem(PReLU(), [])
        == ModelError(LayerProblem.badInput(index: 0, expected: "of rank 1 or more", found: scalar)))
  }

  @Test func slopesThatAreNotSharedNeedAFixedExtent() {
    let open = TensorType(.f32, [.known(2), .symbol("N"), .known(5)])
    #expect(
      problem(PReLU(), open.shape)
        == ModelError(LayerProblem.badInput(index: 0, expected: "of a fixed extent along axis 1", found: open)))
    #expect(problem(PReLU(sharedAxes: [1]), open.shape) == nil)
  }

  @Test(arguments: [0, -1, Int.min]) func theBatchCannotBeShared(axis: Int) {
    let expected = ModelError(
      LayerProblem.badField(expected: "an array, each element a positive integer", found: [JSONValue(axis)]),
      at: .field("shared_axes"))
    #expect(throws: expected) { try PReLU.decoded(from: JSONObject([("shared_axes", .array([JSONValue(axis)]))])) }
  }

  @Test func limitsMayBeInfiniteButNotNaN() throws {
    let layer = try Clip.decoded(from: JSONObject([("min", "-Infinity"), ("max", 6)]))
    #expect(layer == Clip(max: 6))
    #expect(layer.encodedFields.members.map(\.0) == ["max"])
    #expect(
      throws: ModelError(
        LayerProblem.badField(
          expected: "a number, or one of the strings Infinity and -Infinity", found: "NaN"), at: .field("min"))
    ) { try Clip.decoded(from: JSONObject([("min", "NaN")])) }
  }

  @Test func otherSettingsAreFinite() {
    for value: JSONValue in ["Infinity", "NaN"] {
      let expected = ModelError(LayerProblem.badField(expected: "a number", found: value), at: .field("threshold"))
      #expect(throws: expected) { try SoftShrink.decoded(from: JSONObject([("threshold", value)])) }
    }
  }

  @Test func theRectifiersSettingsAreNotNegative() {
    func problem(_ fields: JSONObject) -> ModelError? {
      error(thrownBy: { () throws(ModelError) in _ = try ReLU.decoded(from: fields) })
    }
    #expect(problem(JSONObject([("max_value", 6), ("negative_slope", 0.5), ("threshold", 1)])) == nil)
    #expect(problem(JSONObject([("max_value", "Infinity")])) == nil)
    for (name, value, expectation) in [
      ("max_value", -1, "a number from 0, or the string Infinity"), ("negative_slope", -0.5, "a number from 0"),
      ("threshold", "Infinity", "a number from 0"), ("threshold", "NaN", "a number from 0"),
    ] as [(String, JSONValue, String)] {
      #expect(problem(JSONObject([(name, value)]))?.description.contains(expectation) == true, "\(name)")
    }
  }
}
