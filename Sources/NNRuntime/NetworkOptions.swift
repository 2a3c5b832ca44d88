public import NNFormat
public import NNLayers

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How a network is loaded and what it may use.
public struct NetworkOptions: Sendable {
  /// The kinds of layers that are known.
  public var catalog = LayerCatalog.standard
  /// How much a reader accepts.
  public var limits = Limits.standard
  /// For how many sets of input shapes plans are kept; the one unused for longest goes first. At least 1.
  public var planCount = 16
  /// The most bytes that the values of one run may take, results included: by default the memory of the machine.
  ///
  /// A small hostile file can ask for values of any size; this bounds them before anything is allocated.
  public var memoryLimit = NetworkOptions.physicalMemory
  /// How many threads one call may use, its own included: by default one for each processor of the machine. At least 1.
  ///
  /// Small steps stay on the caller's thread. The bits of the results do not depend on it.
  public var threads = NetworkOptions.processorCount

  /// Whether element-wise layers are done in the pass that computes their input. No bit depends on it; for checks of that.
  package var fuses = true

  /// The defaults.
  public init() {}

  private static let processorCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  private static let physicalMemory: Int = {
    let (bytes, overflow) = Int(sysconf(Int32(_SC_PHYS_PAGES))).multipliedReportingOverflow(
      by: Int(sysconf(Int32(_SC_PAGESIZE))))
    return overflow || bytes <= 0 ? 1 << 32 : bytes
  }()
}
