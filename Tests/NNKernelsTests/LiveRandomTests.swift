import Foundation
import NNKernels
import Testing

/// A million draws that `Tests/Interop/interop.py` had NumPy make, made here.
///
/// The script names a folder in the environment variable `NNM_INTEROP_RANDOM`; in it are `draws.bin`, seed and stream as u64 and a
/// million normals as f64 and then as f32. The counts go back in `results.txt`.
@Suite struct LiveRandomTests {
  private static let folder = ProcessInfo.processInfo.environment["NNM_INTEROP_RANDOM"]

  @Test(.enabled(if: folder != nil, "Tests/Interop/interop.py runs this"))
  func normalsAreComparedWithLiveNumPy() throws {
    let folder = try #require(LiveRandomTests.folder)
    var fixture = Fixture(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/draws.bin")))
    let key: [UInt64] = try fixture.take(2)
    let start = RandomStream(seed: key[0], index: key[1])
    let f64 = NormalComparison(normals(start, 1_000_000), try fixture.take(1_000_000, as: Double.self))
    let f32 = NormalComparison(normals(start, 1_000_000), try fixture.take(1_000_000, as: Float.self))
    #expect(f64.passes && f32.passes)
    let text = "\(f64.beyond) \(f64.neighbours) \(f32.beyond) \(f32.neighbours)"
    try text.write(toFile: "\(folder)/results.txt", atomically: true, encoding: .utf8)
  }
}
