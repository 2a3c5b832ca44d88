#if HDF5
  import NNFormat

  /// Reads a model out of an open HDF5 file.
  enum HDF5ModelReader {
    /// The model, and what the file says of itself.
    static func container(_ file: borrowing HDF5File) throws(ModelError) -> Container {
      let (version, digest) = try header(file)
      let manifest = try manifest(file)
      guard manifest.version == version else {
        throw ModelError(
          ContainerProblem.contradiction(what: "version", version.description, manifest.version.description))
      }
      if let promised = manifest.digest, promised != digest {
        throw ModelError(
          ContainerProblem.contradiction(what: "digest", digest.description, promised.description))
      }
      let layout = HDF5Layout(manifest)
      try checkObjects(file, layout, manifest)
      var paths: [String: String] = [:]
      for entry in layout.entries where !entry.isLink { paths[entry.tensor] = entry.path }
      let model = try manifest.model(limits: file.limits) { (entry) throws(ModelError) in
        // A tensor that no node names has no path.
        guard let path = paths[entry.name] else { throw ModelError(ModelProblem.unusedTensor) }
        return try tensor(entry, at: path, of: file)
      }
      return Container(
        kind: .hdf5, version: version, promisedDigest: manifest.digest, fileSize: file.size, model: model)
    }

    /// What the attributes of the root say: first of all, whether the file is a model.
    private static func header(
      _ file: borrowing HDF5File
    ) throws(ModelError) -> (FormatVersion, Digest) {
      let names = try file.attributeNames(of: "/")
      guard names.contains(HDF5Layout.formatAttribute) else {
        throw ModelError(foreign(names, file))
      }
      let format = try required(HDF5Layout.formatAttribute, file)
      guard format == HDF5Layout.formatName else {
        throw ModelError(
          ContainerProblem.notThisFormat(found: format),
          at: .object(HDF5File.place(ofAttribute: HDF5Layout.formatAttribute, of: "/")))
      }
      let text = try required(HDF5Layout.versionAttribute, file)
      let place = Place.object(HDF5File.place(ofAttribute: HDF5Layout.versionAttribute, of: "/"))
      let version = try located(place) { () throws(ModelError) in
        let version = try FormatVersion(text: text)
        try version.checkReadable()
        return version
      }
      let digits = try required(HDF5Layout.digestAttribute, file)
      guard let digest = Digest(digits) else {
        throw ModelError(
          ModelProblem.badDigest(digits),
          at: .object(HDF5File.place(ofAttribute: HDF5Layout.digestAttribute, of: "/")))
      }
      let known: Set = [
        HDF5Layout.formatAttribute, HDF5Layout.versionAttribute, HDF5Layout.digestAttribute,
      ]
      if let name = names.first(where: { !known.contains($0) }) {
        throw ModelError(HDF5Problem.unknownAttribute(name), at: .object("/"))
      }
      return (version, digest)
    }

    private static func required(_ name: String, _ file: borrowing HDF5File) throws(ModelError) -> String {
      guard let text = try file.text(ofAttribute: name, of: "/") else {
        throw ModelError(HDF5Problem.missingAttribute(name), at: .object("/"))
      }
      return text
    }

    /// What an HDF5 file is that is not ours.
    private static func foreign(
      _ attributes: [String], _ file: borrowing HDF5File
    ) -> HDF5Problem {
      // Keras 1 to 3 mark their .h5 files so, whole models or weights alone.
      let isKeras = ["keras_version", "model_config", "layer_names"].contains(where: attributes.contains)
      guard isKeras || file.object("/model_weights")?.kind == .group else { return .notAModel }
      return .ofKeras
    }

    private static func manifest(_ file: borrowing HDF5File) throws(ModelError) -> Manifest {
      let limits = file.limits
      try checkAttributes(of: HDF5Layout.architecture, file, allowed: nil)
      let dataset = try file.dataset(HDF5Layout.architecture)
      // Not in a closure, which could not borrow the file.
      do throws(ModelError) {
        let text = try dataset.text(in: file)
        guard text.utf8.count <= limits.headerSize else {
          throw ModelError(
            ContainerProblem.headerTooLong(UInt64(text.utf8.count), limit: limits.headerSize))
        }
        return try Manifest(try JSONReader.value(text, limits: limits), limits: limits)
      } catch {
        throw error.inside(.object(HDF5Layout.architecture))
      }
    }

    /// Demands that the file holds the datasets of the layout and nothing else, and that two paths lead to one dataset where,
    /// and only where, they lead to one tensor.
    private static func checkObjects(
      _ file: borrowing HDF5File, _ layout: HDF5Layout, _ manifest: Manifest
    ) throws(ModelError) {
      let listed = Set(manifest.tensors.map(\.name))
      let entries = Dictionary(layout.entries.map { ($0.path, $0) }) { first, _ in first }
      let groups = Set(layout.groups)
      for object in file.objects where object.path != HDF5Layout.architecture {
        try located(.object(object.path)) { () throws(ModelError) in
          switch object.kind {
          case .group where !groups.contains(object.path):
            throw ModelError(HDF5Problem.unexpectedGroup)
          case .dataset:
            guard let entry = entries[object.path], listed.contains(entry.tensor) else {
              throw ModelError(ContainerProblem.unlistedTensor)
            }
          case .group: try checkAttributes(of: object.path, file, allowed: nil)
          }
        }
      }
      var firsts: [String: HDF5Object] = [:]
      var tensors: [HDF5Object.Identity: HDF5Layout.Entry] = [:]
      if let architecture = file.object(HDF5Layout.architecture) {
        tensors[architecture.identity] = HDF5Layout.Entry(
          path: HDF5Layout.architecture, tensor: "", isLink: false)
      }
      for entry in layout.entries where listed.contains(entry.tensor) {
        guard let object = file.object(entry.path), object.kind == .dataset else {
          throw ModelError(ContainerProblem.tensorNotStored, at: .tensor(entry.tensor), .object(entry.path))
        }
        try located(.object(entry.path)) { () throws(ModelError) in
          if let other = tensors[object.identity], other.tensor != entry.tensor {
            throw ModelError(HDF5Problem.sharedDataset(other: other.path))
          }
          tensors[object.identity] = tensors[object.identity] ?? entry
          if let first = firsts[entry.tensor], first.identity != object.identity {
            throw ModelError(HDF5Problem.storedTwice(first: first.path))
          }
          firsts[entry.tensor] = firsts[entry.tensor] ?? object
        }
      }
    }

    private static func tensor(
      _ entry: Manifest.TensorEntry, at path: String, of file: borrowing HDF5File
    ) throws(ModelError) -> Tensor {
      let isBrainFloat = try checkAttributes(of: path, file, allowed: HDF5Layout.typeAttribute)
      let dataset = try file.dataset(path)
      return try located(.object(path)) { () throws(ModelError) in
        var found = dataset.elementType.description
        if isBrainFloat, found == DataType.u16.rawValue { found = DataType.bf16.rawValue }
        guard found == entry.dataType.rawValue else {
          throw ModelError(
            ContainerProblem.contradiction(what: "data type", entry.dataType.rawValue, found))
        }
        guard dataset.shape == entry.shape else {
          throw ModelError(
            ContainerProblem.contradiction(
              what: "shape", entry.shape.description, dataset.shape.description))
        }
        return try dataset.tensor(as: isBrainFloat ? .bf16 : nil)
      }
    }

    /// Demands that the object at a path has no attribute but the allowed one, which must say `bf16`; tells whether it does.
    @discardableResult
    private static func checkAttributes(
      of path: String, _ file: borrowing HDF5File, allowed: String?
    ) throws(ModelError) -> Bool {
      let names = try file.attributeNames(of: path)
      if let name = names.first(where: { $0 != allowed }) {
        throw ModelError(HDF5Problem.unknownAttribute(name), at: .object(path))
      }
      guard let allowed, let text = try file.text(ofAttribute: allowed, of: path) else { return false }
      guard text == DataType.bf16.rawValue else {
        throw ModelError(
          HDF5Problem.wrongAttribute(
            found: text, expected: "'bf16', on a dataset of 16-bit unsigned integers"),
          at: .object(HDF5File.place(ofAttribute: allowed, of: path)))
      }
      return true
    }
  }
#endif
