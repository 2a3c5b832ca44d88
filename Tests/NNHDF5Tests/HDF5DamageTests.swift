#if HDF5
  import Foundation
  import NNFormat
  import NNHDF5
  import NNTestSupport
  import Testing

  @Suite struct HDF5DamageTests {
    /// How many single bytes are changed in each file; a longer run sets it.
    private static let changes =
      ProcessInfo.processInfo.environment["NNM_HDF5_CHANGES"].flatMap(Int.init) ?? 150
    private static let seed =
      ProcessInfo.processInfo.environment["NNM_HDF5_SEED"].flatMap(UInt64.init) ?? 20_261_123

    @Test(arguments: HDF5Corpus.good)
    func everyPrefixIsRefused(_ entry: HDF5Corpus.Case) throws {
      let folder = TemporaryFolder()
      let whole = try bytes(of: entry.path)
      for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 200)) {
        let path = folder.write("cut.h5", Array(whole[..<length]))
        #expect(error { () throws(ModelError) in try HDF5Encoding.read(path) } != nil, "\(length) bytes")
      }
    }

    @Test(arguments: HDF5Corpus.good)
    func aChangedByteIsFoundOrChangesNothing(_ entry: HDF5Corpus.Case) throws {
      let folder = TemporaryFolder()
      let whole = try bytes(of: entry.path)
      let model = try HDF5Encoding.read(entry.path).model
      var generator = Generator(state: Self.seed)
      for _ in 0..<Self.changes {
        var damaged = whole
        let position = Int.random(in: 0..<whole.count, using: &generator)
        damaged[position] ^= UInt8.random(in: 1...255, using: &generator)
        let path = folder.write("damaged.h5", damaged)
        let failure = error { () throws(ModelError) in
          let container = try HDF5Encoding.read(path)
          try container.verifyDigests()
          #expect(container.model == model, "byte \(position) of \(entry.file) is now \(damaged[position])")
          return container
        }
        // Whatever was found has words.
        if let failure { #expect(!failure.description.isEmpty) }
      }
    }

    @Test func aCircleOfFreeBlocksIsRefused() throws {
      let folder = TemporaryFolder()
      var damaged = try bytes(of: "\(HDF5Corpus.folder)/superblock-0.h5")
      // The heap of the root group: its header is at 680 with the first free block's place, 56, at 16 bytes in, and its data
      // are at 712. The block names itself as the next one.
      #expect(damaged[680..<684].elementsEqual("HEAP".utf8))
      #expect(damaged[696] == 56)
      #expect(damaged[712 + 56] == 1)
      damaged[712 + 56] = 56
      let path = folder.write("circle.h5", damaged)
      #expect(
        error { () throws(ModelError) in try HDF5Encoding.read(path) }
          == ModelError(HDF5Problem.damagedHeap(680), at: .object("/")))
    }

    /// SplitMix64 (Steele, Lea and Flood 2014): the same changes on every machine.
    private struct Generator: RandomNumberGenerator {
      var state: UInt64

      mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
      }
    }
  }
#endif
