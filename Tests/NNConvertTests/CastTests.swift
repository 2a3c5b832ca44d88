import NNFormat
import NNNumPy
import NNTestSupport
import Testing

import NNConvert

/// Casts against what NumPy and ml_dtypes give for the same values (Fixtures/generate/casts.py).
@Suite struct CastTests {
  private func fixture(_ name: String) throws -> Tensor { try Tensor(npyFile: "\(fixtures)/casts/\(name).npy") }

  @Test func doublesBecomeSinglesAsInNumPy() throws {
    let found = try fixture("source").cast(to: .f32).tensor.elements(as: Float.self)
    let expected = try fixture("f32").elements(as: Float.self)
    #expect(zip(found, expected).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN })
    #expect(found.count == expected.count)
  }

  @Test func doublesBecomeHalvesAsInNumPy() throws {
    try expectSmall(try fixture("source").cast(to: .f16).tensor, try fixture("f16"), .half)
  }

  @Test func valuesBecomeBrainFloatsAsInMLDtypes() throws {
    let expected = try fixture("bf16")
    try expectSmall(
      try fixture("source_bf16").cast(to: .bf16).tensor, try Tensor(.f16, expected.shape, bytes: expected.bytes), .brain
    )
  }

  @Test func integersBecomeFloatsAsInNumPy() throws {
    let integers = try fixture("integers")
    #expect(try integers.cast(to: .f64).tensor == fixture("integers_f64"))
    #expect(try integers.cast(to: .f32).tensor == fixture("integers_f32"))
    #expect(try integers.cast(to: .f16).tensor == fixture("integers_f16"))
  }

  @Test func everySmallFloatSurvivesTheWayToDoubleAndBack() {
    for format in [SmallFloat.half, .brain] {
      for bits in UInt16.min...UInt16.max where !format.value(bits).isNaN {
        #expect(format.bits(format.value(bits)) == bits)
      }
    }
  }

  @Test func everyLossIsCounted() throws {
    let source = try Tensor([1, 1.0009765625001, 70000, 1e-9, .nan, -.infinity, 0], [7])
    let loss = source.cast(to: .f16).loss
    #expect(loss.count == 7)
    #expect(loss.exact == 4)
    #expect(loss.overflows == 1)
    #expect(loss.underflows == 1)
    #expect(loss.maximumAbsoluteError == 1e-9)
    #expect(abs(loss.maximumRelativeError - 1e-13 / 1.0009765625001) < 1e-16)
    #expect(!loss.isLossless)
    #expect(try Tensor([1, 0.5, -.infinity], [3]).cast(to: .bf16).loss.isLossless)
  }

  @Test func aMatrixIsTransposedWholeWhateverItsElements() throws {
    let (rows, columns) = (37, 70)
    let values = (0..<rows * columns).map { Int16($0) }
    let expected = (0..<columns).flatMap { column in (0..<rows).map { Int16($0 * columns + column) } }
    #expect(try Tensor(values, [rows, columns]).transposed() == Tensor(expected, [columns, rows]))
    let wide = try Tensor(values.map(Double.init), [rows, columns]).transposed()
    #expect(try wide == Tensor(expected.map(Double.init), [columns, rows]))
    let narrow = try Tensor([1, 2, 3, 4, 5, 6] as [UInt8], [2, 3]).transposed()
    #expect(try narrow == Tensor([1, 4, 2, 5, 3, 6] as [UInt8], [3, 2]))
    #expect(try Tensor([1, 2, 3] as [Float], [1, 3]).transposed() == Tensor([1, 2, 3] as [Float], [3, 1]))
  }

  private func expectSmall(_ found: Tensor, _ expected: Tensor, _ format: SmallFloat) throws {
    try #require(found.shape == expected.shape)
    let (found, expected) = (bits(found), bits(expected))
    let wrong = found.indices.filter { position in
      found[position] != expected[position]
        && !(format.value(found[position]).isNaN && format.value(expected[position]).isNaN)
    }
    #expect(wrong.isEmpty, "first at \(wrong.first ?? 0)")
  }

  private func bits(_ tensor: Tensor) -> [UInt16] {
    tensor.bytes.withUnsafeBytes { bytes in
      (0..<tensor.shape.count).map { bytes.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self) }
    }
  }
}
