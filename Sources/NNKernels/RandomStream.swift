/// Random numbers from a counter: the generator Philox4x64-10 with NumPy's conventions, bit for bit.
///
/// Stream `i` of a seed is the bit stream of `np.random.Philox(key=seed).jumped(i)`: the key is the seed, and the third of the
/// counter's four words begins at `i`. No two streams of a seed share a block, and each needs nothing but these two numbers.
///
///     var random = RandomStream(seed: 42, index: 0)
///     random.uniform()  // np.random.Generator(np.random.Philox(key=42)).random()
///
/// - Source: J. K. Salmon and others, "Parallel random numbers: as easy as 1, 2, 3", 2011; NumPy 2 `numpy.random.Philox`.
public struct RandomStream: Sendable {
  private typealias Block = (UInt64, UInt64, UInt64, UInt64)

  private let key: UInt64
  private var counter: Block
  private var block: Block = (0, 0, 0, 0)
  /// How many words of the block are used.
  private var used = 4
  /// The high half of a word whose low half was drawn as 32 bits.
  private var rest: UInt32?

  /// A stream of a seed, at its start.
  public init(seed: UInt64, index: UInt64) {
    key = seed
    counter = (0, 0, index, 0)
  }

  /// The next 64 bits.
  @inline(__always)
  public mutating func bits() -> UInt64 {
    if used == 4 { advance() }
    defer { used += 1 }
    return switch used {
    case 0: block.0
    case 1: block.1
    case 2: block.2
    default: block.3
    }
  }

  /// The next 32 bits: the low half of a word, and then its high half, whatever is drawn between.
  @inline(__always)
  public mutating func halfBits() -> UInt32 {
    if let half = rest {
      rest = nil
      return half
    }
    let word = bits()
    rest = UInt32(truncatingIfNeeded: word >> 32)
    return UInt32(truncatingIfNeeded: word)
  }

  /// A number from 0 to below 1, a multiple of 2^-53: `Generator.random()`.
  @inline(__always)
  public mutating func uniform() -> Double { Double(bits() >> 11) * 0x1p-53 }

  /// A number from 0 to below 1, a multiple of 2^-24: `Generator.random(dtype=np.float32)`.
  @inline(__always)
  public mutating func uniformSingle() -> Float { Float(halfBits() >> 8) * 0x1p-24 }

  /// The block of the next counter: NumPy counts before it draws.
  private mutating func advance() {
    counter.0 &+= 1
    if counter.0 == 0 {
      counter.1 &+= 1
      if counter.1 == 0 {
        counter.2 &+= 1
        if counter.2 == 0 { counter.3 &+= 1 }
      }
    }
    var x = counter
    var (k0, k1) = (key, UInt64(0))
    for round in 0..<10 {
      if round > 0 {
        k0 &+= 0x9E37_79B9_7F4A_7C15
        k1 &+= 0xBB67_AE85_84CA_A73B
      }
      let a = (0xD2E7_470E_E14C_6C93 as UInt64).multipliedFullWidth(by: x.0)
      let b = (0xCA5A_8263_9512_1157 as UInt64).multipliedFullWidth(by: x.2)
      x = (b.high ^ x.1 ^ k0, b.low, a.high ^ x.3 ^ k1, a.low)
    }
    block = x
    used = 0
  }
}

/// An element type in which random numbers are drawn, each from as many bits as NumPy takes for it.
package protocol RandomScalar: BinaryFloatingPoint, BitwiseCopyable {
  /// The next number from 0 to below 1.
  static func uniform(_ random: inout RandomStream) -> Self
  /// The next number of the standard normal distribution.
  static func normal(_ random: inout RandomStream) -> Self
}

extension Double: RandomScalar {
  package static func uniform(_ random: inout RandomStream) -> Double { random.uniform() }
  package static func normal(_ random: inout RandomStream) -> Double { random.normal() }
}

extension Float: RandomScalar {
  package static func uniform(_ random: inout RandomStream) -> Float { random.uniformSingle() }
  package static func normal(_ random: inout RandomStream) -> Float { random.normalSingle() }
}
