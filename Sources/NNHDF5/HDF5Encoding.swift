package import NNFormat

/// The HDF5 encoding (`spec/hdf5.md`): plain datasets for h5py, and the architecture as a text among them.
package enum HDF5Encoding {
  #if HDF5
    /// Opens a file. The tensors of a file that is not packed stay where they lie in it, untouched.
    ///
    /// - Throws: ``FileProblem``, ``HDF5Problem`` and ``ContainerProblem`` with the object of the file, without its path.
    package static func read(_ path: String, limits: Limits = .standard) throws(ModelError) -> Container {
      try HDF5File.reading(path, limits: limits) { (file) throws(ModelError) in
        try HDF5ModelReader.container(file)
      }
    }

    /// Writes a model.
    package static func write(
      _ model: Model, to file: inout AtomicFile, compression: HDF5Compression = .none
    ) throws(ModelError) {
      let manifest = try Manifest(model)
      let document = try JSONWriter.text(try manifest.json(), style: .pretty)
      let layout = HDF5Layout(manifest)
      let tensors = Dictionary(model.storedTensors.map { ($0.name, $0.tensor) }) { first, _ in first }
      let path = file.libraryPath
      try HDF5Library.exclusively { () throws(ModelError) in
        try HDF5Writer.write(to: path) { (writer) throws(ModelError) in
          try writer.write(attribute: HDF5Layout.formatAttribute, HDF5Layout.formatName, of: "/")
          try writer.write(attribute: HDF5Layout.versionAttribute, manifest.version.description, of: "/")
          if let digest = manifest.digest {
            try writer.write(attribute: HDF5Layout.digestAttribute, digest.description, of: "/")
          }
          try writer.write(text: document, at: HDF5Layout.architecture)
          for group in layout.groups { try writer.createGroup(group) }
          var paths: [String: String] = [:]
          for entry in layout.entries {
            if let first = paths[entry.tensor] {
              try writer.link(entry.path, to: first)
            } else if let tensor = tensors[entry.tensor] {
              try writer.write(tensor, at: entry.path, compression: compression)
              paths[entry.tensor] = entry.path
            }
          }
        }
      }
    }
  #else
    /// Says that this build cannot read HDF5.
    ///
    /// - Throws: ``ContainerProblem/withoutHDF5``.
    package static func read(_ path: String, limits: Limits = .standard) throws(ModelError) -> Container {
      throw ModelError(ContainerProblem.withoutHDF5)
    }

    /// Says that this build cannot write HDF5.
    ///
    /// - Throws: ``ContainerProblem/withoutHDF5``.
    package static func write(
      _ model: Model, to file: inout AtomicFile, compression: HDF5Compression = .none
    ) throws(ModelError) {
      throw ModelError(ContainerProblem.withoutHDF5)
    }
  #endif
}
