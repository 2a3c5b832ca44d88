import NNKernels
import Testing

@Suite struct CastTests {
  private func cast<From: BitwiseCopyable, To: BitwiseCopyable>(_ cast: FloatCast, _ x: [From], zero: To)
    -> [To]
  {
    var result = [To](repeating: zero, count: x.count)
    x.withUnsafeBytes { from in
      result.withUnsafeMutableBytes { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        cast.run(from: from, to: to, count: x.count)
      }
    }
    return result
  }

  @Test func narrowingRoundsOnceToNearestEven() throws {
    var fixture = try Fixture("casts_f64")
    let count = Int(try fixture.take(1, as: Int64.self)[0])
    let x: [Double] = try fixture.take(count)
    #expect(cast(.f64ToF32, x, zero: UInt32(0)) == (try fixture.take(count)))
    #expect(cast(.f64ToF16, x, zero: UInt16(0)) == (try fixture.take(count)))
    #expect(cast(.f64ToBF16, x, zero: UInt16(0)) == (try fixture.take(count)))
  }

  @Test func narrowingFromSinglePrecisionIsNarrowingItsDouble() {
    var dice = Dice(state: 11)
    let x: [Float] = dice.numbers(5000) + (0..<20_000).map { _ in Float(bits: dice.next()) }
    let wide = cast(.f32ToF64, x, zero: Double(0))
    #expect(firstDifference(wide, x.map(Double.init)) == nil)
    #expect(cast(.f32ToF16, x, zero: UInt16(0)) == cast(.f64ToF16, wide, zero: UInt16(0)))
    #expect(cast(.f32ToBF16, x, zero: UInt16(0)) == cast(.f64ToBF16, wide, zero: UInt16(0)))
  }

  @Test func wideningAndNarrowingBackKeepsEveryBit() {
    let all = (0...UInt16.max).map { $0 }
    // A signalling NaN comes back quiet.
    func quieted(_ bits: UInt16, infinity: UInt16, quiet: UInt16) -> UInt16 {
      bits & 0x7fff > infinity ? bits | quiet : bits
    }
    let halves = cast(.f32ToF16, cast(.f16ToF32, all, zero: Float(0)), zero: UInt16(0))
    #expect(halves == all.map { quieted($0, infinity: 0x7c00, quiet: 0x0200) })
    let brains = cast(.f32ToBF16, cast(.bf16ToF32, all, zero: Float(0)), zero: UInt16(0))
    #expect(brains == all.map { quieted($0, infinity: 0x7f80, quiet: 0x0040) })
  }

  #if !(os(macOS) && arch(x86_64))
    @Test func halvesWidenAsTheCompilersDo() {
      let all = (0...UInt16.max).map { $0 }
      let expected = all.map { Float(Float16(bitPattern: $0)) }
      #expect(firstDifference(cast(.f16ToF32, all, zero: Float(0)), expected) == nil)
    }
  #endif

  @Test func aNaNKeepsItsSignAndTheLeadingBitsOfItsPayload() {
    let x: [UInt64] = [0x7ff8_0000_0000_0000, 0xfff4_0000_0000_0001, 0x7ff0_0000_0000_0001]
    #expect(cast(.f64ToF32, x, zero: UInt32(0)) == [0x7fc0_0000, 0xffe0_0000, 0x7fc0_0000])
    #expect(cast(.f64ToF16, x, zero: UInt16(0)) == [0x7e00, 0xff00, 0x7e00])
    #expect(cast(.f32ToF64, [UInt32(0xff80_0001)], zero: UInt64(0)) == [0xfff0_0000_2000_0000])
  }
}
