#if HDF5
  import NNFormat
  import NNHDF5
  import NNTestSupport
  import Testing

  /// Files that h5py wrote by the specification (`Fixtures/generate/hdf5_files.py`), and what must become of them.
  struct HDF5Corpus {
    struct Case: Sendable, CustomTestStringConvertible {
      let file: String
      let expected: String
      var path: String { "\(HDF5Corpus.folder)/\(file)" }
      var testDescription: String { file }
    }

    static let folder = "\(fixtures)/hdf5-files"
    static let good = cases("good", "digest")
    static let refused = cases("refused", "error")
    static let unverified = cases("unverified", "error")

    private static func cases(_ list: String, _ member: String) -> [Case] {
      do {
        let text = try bytes(of: "\(folder)/manifest.json")
        let listing = try JSONReader.value(ByteRegion(text), limits: .standard)
        return (listing.object?[list]?.array ?? []).compactMap { entry in
          guard let file = entry.object?["file"]?.string, let expected = entry.object?[member]?.string
          else { return nil }
          return Case(file: file, expected: expected)
        }
      } catch {
        preconditionFailure("\(error)")
      }
    }
  }

  /// Writes a model into a folder of its own and gives the path.
  func written(
    _ model: Model, in folder: TemporaryFolder, name: String = "model.h5",
    compression: HDF5Compression = .none
  ) throws(ModelError) -> String {
    let path = folder.file(name)
    try AtomicFile.write(to: path, replacing: true) { (file) throws(ModelError) in
      try HDF5Encoding.write(model, to: &file, compression: compression)
    }
    return path
  }
#endif
