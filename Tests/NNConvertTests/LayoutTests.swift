import NNFormat
import NNTestSupport
import Testing

import NNConvert

@Suite struct LayoutTests {
  private func layers(_ shapes: [(Shape, Shape?)]) -> [NamedLayer] {
    shapes.enumerated().map { position, shapes in
      NamedLayer(
        name: "", weights: array("W\(position + 1)", shapes.0), biases: shapes.1.map { array("b\(position + 1)", $0) })
    }
  }

  private static let proved: [([(Shape, Shape?)], WeightsLayout)] = [
    // The reference example: the square matrix is read as the other one must be.
    ([([2, 2], [1, 2]), ([2, 1], [1, 1])], .inOut),
    ([([3, 5], [5]), ([5, 2], [2])], .inOut),
    ([([5, 3], [5]), ([2, 5], [2])], .outIn),
    ([([5, 3], [1, 5])], .outIn),
    ([([3, 5], nil), ([5, 2], nil)], .inOut),
    ([([5, 3], nil), ([2, 5], nil)], .outIn),
    // Biases alone decide.
    ([([3, 5], [5])], .inOut),
    ([([3, 5], [3])], .outIn),
    // Columns are multiplied from the left.
    ([([4, 4], [4, 1])], .outIn),
    ([([5, 3], [5, 1]), ([2, 5], [2, 1])], .outIn),
    // A single element is its own transpose.
    ([([1, 1], [1]), ([1, 1], [1])], .inOut),
  ]

  @Test(arguments: proved.indices)
  func theChainOfShapesProvesTheLayout(row: Int) throws {
    let (shapes, layout) = LayoutTests.proved[row]
    #expect(try WeightsLayout.proved(by: layers(shapes), requested: nil) == layout)
    #expect(try WeightsLayout.proved(by: layers(shapes), requested: layout) == layout)
  }

  @Test func squareMatricesAreRefusedUnlessTheLayoutIsGiven() throws {
    let square = layers([([2, 2], [2]), ([2, 2], [1, 2])])
    #expect(throws: ModelError(ConvertProblem.bothLayoutsFit(["'W1' [2, 2]", "'W2' [2, 2]"]))) {
      try WeightsLayout.proved(by: square, requested: nil)
    }
    for layout in WeightsLayout.allCases {
      #expect(try WeightsLayout.proved(by: square, requested: layout) == layout)
    }
  }

  @Test func aSymmetricChainWithoutBiasesIsRefused() {
    #expect(throws: ModelError(ConvertProblem.bothLayoutsFit(["'W1' [3, 5]", "'W2' [5, 3]"]))) {
      try WeightsLayout.proved(by: layers([([3, 5], nil), ([5, 3], nil)]), requested: nil)
    }
  }

  @Test func layersThatDoNotFitAreRefusedWithTheReasonInEachLayout() {
    #expect(
      throws: ModelError(
        ConvertProblem.brokenChain([
          "read as [in, out], 'W1' [3, 5] gives 5 values and 'W2' [4, 2] takes 4",
          "read as [out, in], 'W1' [3, 5] gives 3 values and its biases 'b1' [5] do not have that shape",
        ]))
    ) { try WeightsLayout.proved(by: layers([([3, 5], [5]), ([4, 2], [2])]), requested: nil) }
    #expect(
      throws: ModelError(
        ConvertProblem.brokenChain([
          "read as [out, in], 'W1' [3, 5] gives 3 values and its biases 'b1' [5] do not have that shape"
        ]))
    ) { try WeightsLayout.proved(by: layers([([3, 5], [5])]), requested: .outIn) }
  }

  @Test(arguments: [[5, 1], [1, 1, 5], [4], []])
  func biasesOfAnotherShapeAreRefused(extents: [Int]) throws {
    let shape = try Shape(extents)
    let reason = "'W1' [3, 5] gives 5 values and its biases 'b1' \(shape) do not have that shape"
    #expect(throws: ModelError(ConvertProblem.brokenChain(["read as [in, out], \(reason)"]))) {
      try WeightsLayout.proved(by: layers([([3, 5], shape)]), requested: .inOut)
    }
  }

  @Test(arguments: [[5], [1, 5]])
  func biasesMayBeAVectorOrOneRow(extents: [Int]) throws {
    #expect(try WeightsLayout.proved(by: layers([([3, 5], Shape(extents))]), requested: .inOut) == .inOut)
  }

  @Test func weightsThatAreNoMatricesAreRefusedAllAtOnce() {
    #expect(throws: ModelError(ConvertProblem.notMatrices(["'W1' [3]", "'W3' [1, 2, 3]"]))) {
      try WeightsLayout.proved(by: layers([([3], nil), ([3, 1], nil), ([1, 2, 3], nil)]), requested: nil)
    }
  }
}
