package import NNFormat

/// Writes plain HDF5 files: arrays below groups, without a model around them.
package enum HDF5Arrays {
  #if HDF5
    /// A file in memory, the same bytes for the same arrays every time.
    ///
    /// - Parameters:
    ///   - groups: paths of groups that are there even if nothing is in them
    ///   - arrays: the arrays with their paths, whose groups are made as they are needed
    package static func contents(
      groups: [String], _ arrays: [(path: String, tensor: Tensor)]
    ) throws(ModelError) -> ByteRegion {
      let parents = groups + arrays.map { $0.path.split(separator: "/").dropLast().joined(separator: "/") }
      var made: [String] = []
      var known: Set<String> = []
      for parts in parents.map({ $0.split(separator: "/") }) {
        for count in parts.indices {
          let group = parts[...count].joined(separator: "/")
          if known.insert(group).inserted { made.append(group) }
        }
      }
      return try HDF5Library.exclusively { () throws(ModelError) in
        try HDF5Writer.inMemory { (writer) throws(ModelError) in
          for group in made { try writer.createGroup(group) }
          for (path, tensor) in arrays { try writer.write(tensor, at: path, compression: .none) }
        }
      }
    }
  #else
    /// Says that this build cannot write HDF5.
    ///
    /// - Throws: ``ContainerProblem/withoutHDF5``.
    package static func contents(
      groups: [String], _ arrays: [(path: String, tensor: Tensor)]
    ) throws(ModelError) -> ByteRegion {
      throw ModelError(ContainerProblem.withoutHDF5)
    }
  #endif
}
