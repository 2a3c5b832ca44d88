import NNFormat
import NNHDF5

/// Reads what Keras stores as HDF5.
enum KerasHDF5 {
  #if HDF5
    /// The weights of a file. Arrays that are not packed stay where they lie; those of optimizers are not read.
    static func store(_ path: String) throws(ModelError) -> KerasStore {
      try HDF5File.reading(path) { (file) throws(ModelError) in try store(file) }
    }

    /// The weights of a file in memory.
    static func store(_ contents: ByteRegion) throws(ModelError) -> KerasStore {
      try HDF5File.reading(contents) { (file) throws(ModelError) in try store(file) }
    }

    private static func store(_ file: borrowing HDF5File) throws(ModelError) -> KerasStore {
      var store = KerasStore()
      store.texts["/"] = try texts(of: "/", file)
      var skipped: Set<String> = []
      for object in file.objects {
        if let first = object.path.split(separator: "/").first, optimizers.contains(String(first)) {
          skipped.insert("/\(first)")
          continue
        }
        if object.kind == .group {
          store.texts[object.path] = try texts(of: object.path, file)
        } else {
          store.add(object.path, array(object.path, file))
        }
      }
      for path in skipped.sorted() {
        store.ignored.append(
          ConversionReport.Ignored(name: path, reason: "the state of an optimizer, which computes nothing at inference")
        )
      }
      return store
    }

    private static func array(_ path: String, _ file: borrowing HDF5File) -> Result<Tensor, ModelError> {
      do throws(ModelError) {
        let dataset = try file.dataset(path)
        var isBFloat16 = dataset.elementType == .opaque(byteSize: 2)
        if dataset.elementType == .number(.u16, isBigEndian: false) {
          isBFloat16 = try file.texts(ofAttribute: "dtype", of: path)?.first == "bfloat16"
        }
        return .success(try dataset.tensor(as: isBFloat16 ? .bf16 : nil))
      } catch {
        return .failure(error.places.contains(.object(path)) ? error : error.inside(.object(path)))
      }
    }

    /// The groups of optimizers: of the old files, of the new ones, and of the releases between.
    private static let optimizers: Set<String> = ["optimizer_weights", "optimizer", "_optimizer"]
    private static let attributes = [
      "layer_names", "weight_names", "keras_version", "backend", "model_config", "name",
    ]

    private static func texts(of path: String, _ file: borrowing HDF5File) throws(ModelError) -> [String: [String]] {
      let names = try file.attributeNames(of: path)
      // An attribute that was too long for one is cut into numbered parts.
      return try texts(
        names.filter { name in
          attributes.contains { name == $0 || name.hasPrefix($0) && name.dropFirst($0.count).allSatisfy(\.isNumber) }
        }, of: path, file)
    }

    private static func texts(
      _ names: [String], of path: String, _ file: borrowing HDF5File
    ) throws(ModelError) -> [String: [String]] {
      var all: [String: [String]] = [:]
      for name in names { all[name] = try file.texts(ofAttribute: name, of: path) }
      return all
    }
  #else
    /// Says that this build cannot read HDF5.
    static func store(_ path: String) throws(ModelError) -> KerasStore {
      throw ModelError(ContainerProblem.withoutHDF5)
    }

    /// Says that this build cannot read HDF5.
    static func store(_ contents: ByteRegion) throws(ModelError) -> KerasStore {
      throw ModelError(ContainerProblem.withoutHDF5)
    }
  #endif
}
