import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// Inputs too large for one tile of working memory; those of the fixtures never are.
@Suite struct TileTests {
  private func tensor(_ shape: Shape, seed: Int) throws -> Tensor {
    // Unlike from place to place, and the same in every run.
    try Tensor(
      (0..<shape.count).map { Float(($0 * 7919 + seed * 104_729) % 2003 - 997) / 512 }, shape)
  }

  private func output(_ layer: some Layer, _ input: Tensor) throws -> [Float] {
    let parameters = try layer.parameters(for: [input.type]).enumerated().map { index, parameter in
      try tensor(try #require(try parameter.type.knownShape()), seed: index + 1)
    }
    let run = LayerRun(layer: layer, inputs: [input], parameters: parameters)
    return try #require(try run.outputs().first).elements(as: Float.self)
  }

  /// `[n, length, channels]` as `[n, channels, length]`.
  private func turned(_ elements: [Float], _ samples: Int, _ length: Int, _ channels: Int) -> [Float] {
    var result = elements
    for sample in 0..<samples {
      for place in 0..<length {
        for channel in 0..<channels {
          result[(sample * channels + channel) * length + place] =
            elements[(sample * length + place) * channels + channel]
        }
      }
    }
    return result
  }

  @Test func manyOutputsGiveTheBitsOfFew() throws {
    let (length, channels) = (70_001, 3)
    let input = try tensor([1, length, channels], seed: 0)
    let planes = try Tensor(
      turned(input.elements(as: Float.self), 1, length, channels), [1, channels, length])
    var layer = Convolution(filters: 2, kernelSize: [5])
    let whole = try output(layer, input)
    for start in [0, 30_000, 50_000, 69_900] {
      let part = try Tensor(
        Array(input.elements(as: Float.self)[start * channels..<(start + 101) * channels]),
        [1, 101, channels])
      #expect(try output(layer, part) == Array(whole[start * 2..<(start + 97) * 2]))
    }
    layer.dataFormat = .channelsFirst
    #expect(try output(layer, planes) == turned(whole, 1, length - 4, 2))

    var transposed = ConvolutionTranspose(filters: 2, kernelSize: [12])
    transposed.strides = [2]
    let spread = try output(transposed, input)
    for start in [0, 30_000, 50_000, 69_900] {
      let part = try Tensor(
        Array(input.elements(as: Float.self)[start * channels..<(start + 101) * channels]),
        [1, 101, channels])
      // The outputs that only this part's inputs reach.
      let inner = 10 * 2..<200 * 2
      #expect(
        try output(transposed, part)[inner]
          == spread[start * 4 + inner.lowerBound..<start * 4 + inner.upperBound])
    }
    transposed.dataFormat = .channelsFirst
    #expect(try output(transposed, planes) == turned(spread, 1, 2 * length + 10, 2))
  }

  @Test func manyFiltersGiveTheSameInBothFormats() throws {
    let input = try tensor([2, 6, 150], seed: 3)
    let planes = try Tensor(turned(input.elements(as: Float.self), 2, 6, 150), [2, 150, 6])
    var layer = Convolution(filters: 700, kernelSize: [3])
    let last = try output(layer, input)
    layer.dataFormat = .channelsFirst
    #expect(try output(layer, planes) == turned(last, 2, 4, 700))

    var transposed = ConvolutionTranspose(filters: 700, kernelSize: [3])
    let spread = try output(transposed, input)
    transposed.dataFormat = .channelsFirst
    #expect(try output(transposed, planes) == turned(spread, 2, 8, 700))
  }

  @Test func manySamplesGiveTheBitsOfOne() throws {
    let input = try tensor([900, 3, 150], seed: 5)
    let layer = LocallyConnected(filters: 3, kernelSize: [2])
    let whole = try output(layer, input)
    for sample in [0, 870, 899] {
      #expect(
        try output(layer, input.rows(sample..<sample + 1)) == Array(whole[sample * 6..<(sample + 1) * 6]))
    }
  }
}
