import CNNKernels

extension RandomStream {
  /// A number of the standard normal distribution: `Generator.standard_normal()`.
  ///
  /// NumPy's ziggurat of 256 strips. A strip's edge asks for exp, and one draw in 3,700 lies beyond the last strip and asks for
  /// log1p: both are ours, while NumPy calls the C library, whose bits differ between systems. `spec/numerics.md` says what
  /// that changes.
  public mutating func normal() -> Double {
    let tables = nnk_ziggurat_tables().pointee
    while true {
      let word = bits()
      // 256 entries a table, and as many values has a byte.
      let strip = Int(word & 0xFF)
      let place = word >> 9 & 0x000F_FFFF_FFFF_FFFF
      let isNegative = word & 0x100 != 0
      let magnitude = Double(place) * tables.width_f64[strip]
      let x = isNegative ? -magnitude : magnitude
      if place < tables.inner_f64[strip] { return x }
      if strip == 0 {
        while true {
          let xx = -0.27366123732975827203338247596 * RandomStream.log1p(-uniform())
          let yy = -RandomStream.log1p(-uniform())
          guard yy + yy > xx * xx else { continue }
          let beyond = 3.6541528853610087963519472518 + xx
          return place >> 8 & 1 != 0 ? -beyond : beyond
        }
      }
      let (low, high) = (tables.density_f64[strip], tables.density_f64[strip - 1])
      if (high - low) * uniform() + low < RandomStream.exp(-0.5 * x * x) { return x }
    }
  }

  /// The same from 32 bits: `Generator.standard_normal(dtype=np.float32)`.
  public mutating func normalSingle() -> Float {
    let tables = nnk_ziggurat_tables().pointee
    while true {
      let word = halfBits()
      let strip = Int(word & 0xFF)
      let place = word >> 9 & 0x007F_FFFF
      let isNegative = word & 0x100 != 0
      let magnitude = Float(place) * tables.width_f32[strip]
      let x = isNegative ? -magnitude : magnitude
      if place < tables.inner_f32[strip] { return x }
      if strip == 0 {
        while true {
          let xx = -0.27366123732975827203338247596 * RandomStream.log1p(-uniformSingle())
          let yy = -RandomStream.log1p(-uniformSingle())
          guard yy + yy > xx * xx else { continue }
          let beyond = 3.6541528853610087963519472518 + xx
          return place >> 8 & 1 != 0 ? -beyond : beyond
        }
      }
      let (low, high) = (tables.density_f32[strip], tables.density_f32[strip - 1])
      // The curve is taken in f64, as NumPy takes it.
      let wide = Double(x)
      if Double((high - low) * uniformSingle() + low) < RandomStream.exp(-0.5 * wide * wide) { return x }
    }
  }

  /// Fills memory with numbers of the standard normal distribution, in order.
  package mutating func fillNormal(_ type: FloatType, _ result: UnsafeMutableRawPointer, count: Int) {
    precondition(count >= 0)
    switch type {
    case .f32:
      let result = result.assumingMemoryBound(to: Float.self)
      for index in 0..<count { result[index] = normalSingle() }
    case .f64:
      let result = result.assumingMemoryBound(to: Double.self)
      for index in 0..<count { result[index] = normal() }
    }
  }

  private static func exp(_ x: Double) -> Double { apply(.exponential, .f64, x) }
  private static func log1p(_ x: Double) -> Double { apply(.log1p, .f64, x) }
  private static func log1p(_ x: Float) -> Float { apply(.log1p, .f32, x) }

  private static func apply<Scalar: BinaryFloatingPoint>(
    _ function: Elementwise, _ type: FloatType, _ x: Scalar
  ) -> Scalar {
    var value = x
    withUnsafeMutablePointer(to: &value) { function.run(type, from: $0, to: $0, count: 1) }
    return value
  }
}
