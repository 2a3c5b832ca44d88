#if HDF5
  import CHDF5
  package import NNFormat

  extension HDF5File {
    /// The names of the attributes of the object at `path`, sorted.
    package borrowing func attributeNames(of path: String) throws(ModelError) -> [String] {
      let object = try open(path)
      let count = try HDF5Library.check(H5Aget_num_attrs(object.id), "count attributes")
      guard Int(count) <= limits.tensorCount else {
        throw ModelError(
          ModelProblem.tooMany(what: "attributes", count: Int(count), limit: limits.tensorCount),
          at: .object(path))
      }
      var names: [String] = []
      for position in 0..<hsize_t(count) {
        var name = [CChar](repeating: 0, count: 3 * limits.nameLength + 1)
        let length = H5Aget_name_by_idx(
          object.id, ".", H5_INDEX_NAME, H5_ITER_INC, position, &name, name.count, nnm_default())
        try HDF5Library.check(length, "list attributes")
        let bytes = name.prefix(length).map { UInt8(bitPattern: $0) }
        guard bytes.count == length, let text = String(validating: bytes, as: UTF8.self) else {
          throw ModelError(HDF5Problem.badName(reason: "is no attribute's"), at: .object(path))
        }
        names.append(text)
      }
      return names
    }

    /// The texts of an attribute, whatever form they have there: one or an array, of fixed or of varying length; nil if the
    /// object at `path` has no such attribute. An empty array of any type has no texts.
    package borrowing func texts(ofAttribute name: String, of path: String) throws(ModelError) -> [String]? {
      let object = try open(path)
      guard try HDF5Library.check(H5Aexists(object.id, name), "look for an attribute") > 0 else { return nil }
      // Not in a closure, which could not borrow the file.
      do throws(ModelError) {
        let attribute = try HDF5Handle(H5Aopen(object.id, name, nnm_default()), H5Aclose, "open an attribute")
        let type = try HDF5Handle(H5Aget_type(attribute.id), H5Tclose, "read a datatype")
        let space = try HDF5Handle(H5Aget_space(attribute.id), H5Sclose, "read a dataspace")
        let count = try HDF5Library.check(H5Sget_simple_extent_npoints(space.id), "count texts")
        let id = attribute.id
        return try HDF5Text.texts(type: type.id, count: Int(clamping: count), file: self) {
          H5Aread(id, $0, $1)
        }
      } catch {
        throw error.inside(.object(HDF5File.place(ofAttribute: name, of: path)))
      }
    }

    /// The text of an attribute; nil if the object at `path` has no such attribute.
    ///
    /// - Throws: ``HDF5Problem/notOneText(found:)`` if it is not one text.
    package borrowing func text(ofAttribute name: String, of path: String) throws(ModelError) -> String? {
      guard let texts = try texts(ofAttribute: name, of: path) else { return nil }
      guard let text = texts.first, texts.count == 1 else {
        throw ModelError(
          HDF5Problem.notOneText(found: "\(texts.count) texts"),
          at: .object(HDF5File.place(ofAttribute: name, of: path)))
      }
      return text
    }

    /// How messages name an attribute.
    package static func place(ofAttribute name: String, of path: String) -> String {
      "\(path)@\(name)"
    }

    /// Opens an object that the walk has seen.
    private borrowing func open(_ path: String) throws(ModelError) -> HDF5Handle {
      guard path == "/" || object(path) != nil else {
        throw ModelError(HDF5Problem.noDataset, at: .object(path))
      }
      return try HDF5Handle(H5Oopen(handle.id, path, nnm_default()), H5Oclose, "open \(path)")
    }
  }
#endif
