/// A version of the format: a reader reads every minor of its major that needs no feature it lacks.
public struct FormatVersion: Sendable, Hashable, CustomStringConvertible {
  /// Raised when older readers cannot understand files any more.
  public let major: UInt16
  /// Raised when something was added that older readers may ignore, or that files list under `requires`.
  public let minor: UInt16

  /// The version that this library writes.
  public static let current = FormatVersion(major: 1, minor: 0)
  /// The features that files may list under `requires` and this library knows.
  package static let knownFeatures: Set<String> = []

  /// A version.
  public init(major: UInt16, minor: UInt16) {
    self.major = major
    self.minor = minor
  }

  /// The version that a text such as `1.0` stands for.
  package init(text: String) throws(ModelError) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let major = UInt16(parts[0]), let minor = UInt16(parts[1]),
      "\(major).\(minor)" == text
    else { throw ModelError(ContainerProblem.badVersion(text)) }
    self.init(major: major, minor: minor)
  }

  /// Demands that this library reads files of this version which require the given features.
  package func checkReadable(requiring features: [String] = []) throws(ModelError) {
    guard major == FormatVersion.current.major else {
      throw ModelError(ContainerProblem.versionTooNew(self, supported: .current))
    }
    let unknown = features.filter { !FormatVersion.knownFeatures.contains($0) }
    guard unknown.isEmpty else {
      throw ModelError(ContainerProblem.unknownFeatures(unknown, self, supported: .current))
    }
  }

  /// The text form.
  public var description: String { "\(major).\(minor)" }
}
