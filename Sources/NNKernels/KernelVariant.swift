import CNNKernels

/// A set of kernels for one kind of CPU; all give the same bits.
///
/// The fastest one that the CPU and the operating system support is chosen at the first call; the environment variable
/// `NNM_KERNELS` (`plain`, `avx2`, `avx512`, `neon`) names another, and is ignored where it is not available.
///
/// Unchecked, since it points to constant data that lives as long as the process.
public struct KernelVariant: @unchecked Sendable {
  private let variant: UnsafePointer<nnk_variant>

  private init(_ variant: UnsafePointer<nnk_variant>) {
    self.variant = variant
  }

  /// The variant that all kernels use unless told otherwise.
  public static var current: KernelVariant { KernelVariant(nnk_current()) }

  /// The variants that this CPU can run, slowest first; the first is `plain`, the definition.
  public static var available: [KernelVariant] {
    var found: [KernelVariant] = []
    while let next = nnk_available(found.count) { found.append(KernelVariant(next)) }
    return found
  }

  /// The variant's name: `plain`, `avx2`, `avx512` or `neon`.
  public var name: String { String(cString: variant.pointee.name) }

  @inline(__always)
  func withKernels<Result>(_ type: FloatType, _ body: (borrowing nnk_kernels) -> Result) -> Result {
    switch type {
    case .f32: body(variant.pointee.kernels.0)
    case .f64: body(variant.pointee.kernels.1)
    }
  }
}
