import Foundation
import NNFormat
import NNLayers
import NNTestSupport
import Testing

@Suite struct LayerLawsTests {
  @Test(arguments: LayerCatalog.standard.all.map { $0.kind })
  func everyLawHoldsOnEveryCase(kind: String) throws {
    let type = try #require(LayerCatalog.standard[kind])
    let cases = try LayerCase.all(of: kind)
    #expect(!cases.isEmpty, "the kind '\(kind)' has no case in Fixtures/layers")
    #expect(cases.allSatisfy { $0.kind == kind })
    #expect(cases.allSatisfy { !$0.expectations.isEmpty })
    try checkLayer(type, cases: cases)
    print("\(kind): \(cases.count) cases")
  }

  @Test func noCaseIsOfAnUnknownKind() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: "\(fixtures)/layers")
    let kinds = Set(LayerCatalog.standard.all.map { $0.kind })
    #expect(Set(folders).subtracting(kinds) == ["made-by"])
  }

  @Test func everyKindThatComputesHasCasesInBothTypes() throws {
    let ofTruthValues: Set = ["and", "or", "xor", "not"]
    for type in LayerCatalog.standard.all where !ofTruthValues.contains(type.kind) {
      let types = Set(
        try LayerCase.all(of: type.kind).flatMap { item in
          item.inputs.map(\.dataType) + item.expectations.flatMap { $0.outputs.map(\.dataType) }
        })
      #expect(types.isSuperset(of: [.f32, .f64]), "\(type.kind)")
    }
  }

  @Test func everyChoiceOfEveryFieldHasACase() throws {
    func chosen(_ kind: String, _ field: String) throws -> Set<JSONValue> {
      Set(try LayerCase.all(of: kind).compactMap { $0.fields[field] })
    }
    #expect(try chosen("gelu", "approximate") == ["none", "tanh"])
    #expect(try chosen("hard_sigmoid", "definition") == ["keras2", "keras3"])
    #expect(try chosen("dense", "use_bias") == [false])
    #expect(try chosen("padding", "mode") == ["reflect", "edge", "wrap"])
    #expect(try chosen("up_sampling", "data_format") == ["channels_first"])
    for kind in ["space_to_depth", "depth_to_space"] {
      #expect(try chosen(kind, "mode") == ["CRD"])
      #expect(try chosen(kind, "data_format") == ["channels_first"])
    }
    #expect(try chosen("resize", "mode") == ["nearest", "linear", "cubic"])
    #expect(
      try chosen("resize", "coordinate_transformation_mode")
        == Set(Resize.Coordinates.allCases.map { JSONValue.string($0.rawValue) }))
    #expect(
      try chosen("resize", "nearest_mode") == Set(Resize.NearestMode.allCases.map { JSONValue.string($0.rawValue) }))
    #expect(try chosen("cast", "dtype") == Set(DataType.allCases.map { JSONValue.string($0.rawValue) }))
    #expect(try chosen("attention", "score_mode") == ["concat"])
    #expect(try chosen("category_encoding", "output_mode") == ["one_hot", "count"])
    for kind in ["embedding", "category_encoding"] { #expect(try chosen(kind, "dtype") == ["f64"]) }
    for kind in ["batch_normalization", "layer_normalization", "group_normalization", "instance_normalization"] {
      #expect(try chosen(kind, "center") == [false] && chosen(kind, "scale") == [false], "\(kind)")
    }
    for kind in ["attention", "additive_attention", "multi_head_attention", "grouped_query_attention"] {
      #expect(try chosen(kind, "use_causal_mask") == [true], "\(kind)")
    }
    for kind in ["multi_head_attention", "grouped_query_attention"] {
      for field in ["use_attention_mask", "use_gate"] { #expect(try chosen(kind, field) == [true], "\(kind)") }
      #expect(try chosen(kind, "use_bias") == [false], "\(kind)")
    }
    #expect(try chosen("unit_normalization", "order") == [1])
    #expect(try chosen("rms_normalization", "scale") == [false])
    #expect(try chosen("rotary_embedding", "interleaved") == [true])
    #expect(try chosen("normalization", "invert") == [true])
  }
}
