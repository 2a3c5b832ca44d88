import NNFormat
import NNLayers
import Testing

@Suite struct FieldTests {
  @Test func positiveIntegersBeginAtOne() {
    #expect(Positive(json: 0) == nil)
    #expect(Positive(json: -1) == nil)
    #expect(Positive(json: 1.0) == nil)
    #expect(Positive(json: 1)?.value == 1)
  }

  @Test func finiteNumbersAreNeitherNaNNorInfinite() {
    #expect(Finite(json: "NaN") == nil)
    #expect(Finite(json: "Infinity") == nil)
    #expect(Finite(.infinity) == nil)
    #expect(Finite(json: 2)?.value == 2)
    #expect(Finite(json: -0.5)?.json == -0.5)
  }

  @Test func sharesLieFromZeroToOne() {
    #expect(Share(json: -0.1) == nil)
    #expect(Share(json: 1.1) == nil)
    #expect(Share(json: "NaN") == nil)
    #expect(Share(json: 0)?.value == 0)
    #expect(Share(json: 1)?.value == 1)
  }

  @Test func choicesAreTheirNames() {
    #expect(GELU.Approximation(json: "Tanh") == nil)
    #expect(GELU.Approximation(json: true) == nil)
    #expect(GELU.Approximation(json: "tanh") == .tanh)
    #expect(GELU.Approximation.expectation == "one of 'none', 'tanh'")
  }

  @Test func plainValuesAreTheirOwnKindOfJSON() {
    #expect(Bool(json: 1) == nil)
    #expect(Bool(json: true) == true)
    #expect(Int(json: 1.5) == nil)
    #expect(Int(json: -3) == -3)
    #expect(Double(json: "one") == nil)
    #expect(Double(json: "-Infinity") == -.infinity)
    #expect([Int](json: [1, "2"]) == nil)
    #expect([Int](json: [1, 2]) == [1, 2])
  }
}
