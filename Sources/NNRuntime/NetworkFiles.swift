import NNContainer
public import NNFormat

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension Network {
  /// The network in a file, whichever container it is; the file's content tells.
  ///
  /// The digests of the tensors are not checked, since that would read the whole file: see ``Verification``.
  ///
  /// - Throws: ``RuntimeProblem/notFileURL(_:)``, and as `Container.open` and ``init(_:options:)`` do.
  public convenience init(contentsOf url: URL, options: NetworkOptions = NetworkOptions()) throws(ModelError) {
    guard url.isFileURL else { throw ModelError(RuntimeProblem.notFileURL(url.absoluteString)) }
    try self.init(contentsOfFile: url.path, options: options)
  }

  /// The network in the file at `path`, whichever container it is; the file's content tells.
  ///
  /// The digests of the tensors are not checked, since that would read the whole file: see ``Verification``.
  ///
  /// - Throws: as `Container.open` and ``init(_:options:)`` do, with the file.
  public convenience init(
    contentsOfFile path: String, options: NetworkOptions = NetworkOptions()
  ) throws(ModelError) {
    let container = try Container.open(path, limits: options.limits)
    do {
      try self.init(container, options: options)
    } catch {
      throw error.inside(.file(path))
    }
  }

  /// The network in a file that is open already.
  ///
  /// - Throws: ``LayerProblem`` if its layers are not known or do not fit together.
  public convenience init(_ container: Container, options: NetworkOptions = NetworkOptions())
    throws(ModelError)
  {
    try self.init(validated: container.model, options: options)
  }
}
