#if HDF5
  import CHDF5
  package import NNFormat

  /// An HDF5 file that is open for reading.
  ///
  /// All its objects are listed when it is opened, and every link is checked before anything is read through it: only hard
  /// links are followed, so nothing outside of the file can be reached.
  package struct HDF5File: ~Copyable {
    let handle: HDF5Handle
    let limits: Limits
    /// The bytes of the very file that libhdf5 has open.
    let contents: ByteRegion
    /// Where in the file addresses are counted from: after the user block.
    let origin: UInt64
    /// The size of the file in bytes.
    package var size: Int { contents.count }
    /// All groups and datasets but the root, each under every path that leads to it: what is in a group by name,
    /// then what is in the groups among it.
    package let objects: [HDF5Object]
    private let positions: [String: Int]

    /// The deepest nesting of groups that is read: Keras nests a group for each enclosing model.
    package static let maximumDepth = 32

    /// Opens the file at `path` and gives what `body` makes of it; nobody else uses libhdf5 meanwhile.
    ///
    /// - Throws: ``FileProblem`` if the file cannot be opened, ``HDF5Problem`` if it is damaged or has links that are not read,
    ///   and what `body` throws.
    package static func reading<Result>(
      _ path: String, limits: Limits = .standard,
      _ body: (borrowing HDF5File) throws(ModelError) -> Result
    ) throws(ModelError) -> Result {
      // Missing files and folders are told apart by the system, in its own words.
      _ = try MappedFile.contents(of: path)
      return try HDF5Library.exclusively { () throws(ModelError) in
        try body(try HDF5File(path, limits: limits))
      }
    }

    /// Opens a file that lies in memory, such as a member of an archive, and gives what `body` makes of it. Nothing is copied.
    ///
    /// - Throws: as ``reading(_:limits:_:)-(String,_,_)``.
    package static func reading<Result>(
      _ contents: ByteRegion, limits: Limits = .standard,
      _ body: (borrowing HDF5File) throws(ModelError) -> Result
    ) throws(ModelError) -> Result {
      try HDF5Library.exclusively { () throws(ModelError) in
        try contents.withUnsafeBytes { (bytes) throws(ModelError) in
          // libhdf5 only reads what is opened for reading.
          var image = nnm_image(data: UnsafeMutableRawPointer(mutating: bytes.baseAddress), size: bytes.count)
          return try withUnsafeMutablePointer(to: &image) { (image) throws(ModelError) in
            let access = try HDF5Handle(H5Pcreate(nnm_file_access()), H5Pclose, "set up")
            try HDF5Library.check(nnm_set_image(access.id, image), "set up")
            try HDF5Library.check(H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG), "set up")
            return try body(try HDF5File("memory", contents, access.id, limits: limits))
          }
        }
      }
    }

    private init(_ path: String, limits: Limits) throws(ModelError) {
      let access = try HDF5Handle(H5Pcreate(nnm_file_access()), H5Pclose, "set up")
      // See `HDF5Writer`: a file without a name, which is read back before it gets one, is no file to the usual driver.
      let isNameless = path.utf8.starts(with: "/proc/self/fd/".utf8)
      try HDF5Library.check(isNameless ? H5Pset_fapl_stdio(access.id) : H5Pset_fapl_sec2(access.id), "set up")
      try HDF5Library.check(H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG), "set up")
      try HDF5Library.check(nnm_set_file_locking(access.id, true), "set up")
      let mapped = isNameless ? try MappedFile.contents(of: path) : nil
      try self.init(path, mapped, access.id, limits: limits)
    }

    /// - Parameter contents: the bytes of the file; nil if they are to be mapped.
    private init(_ path: String, _ contents: ByteRegion?, _ access: hid_t, limits: Limits) throws(ModelError) {
      let handle = try HDF5Handle(H5Fopen(path, nnm_read_only(), access), H5Fclose, "open the file")
      let contents = if let contents { contents } else { try HDF5File.map(handle.id, access, path: path) }
      let origin = try HDF5File.origin(of: handle.id)
      let objects = try HDF5Walk.objects(
        of: handle.id, heap: HDF5LocalHeap(contents: contents, origin: origin), limits: limits)
      var positions: [String: Int] = [:]
      for (position, object) in objects.enumerated() {
        guard positions.updateValue(position, forKey: object.path) == nil else {
          throw ModelError(ModelProblem.duplicate(what: "objects", object.path))
        }
      }
      self.handle = handle
      self.limits = limits
      self.contents = contents
      self.origin = origin
      self.objects = objects
      self.positions = positions
    }

    /// Maps the file through the descriptor that libhdf5 reads, so that a file put in its place meanwhile is not mixed in;
    /// by its path only where the system has no `/dev/fd`.
    private static func map(_ file: hid_t, _ access: hid_t, path: String) throws(ModelError) -> ByteRegion {
      var handle: UnsafeMutableRawPointer?
      try HDF5Library.check(H5Fget_vfd_handle(file, access, &handle), "give the file's descriptor")
      if let handle {
        // The sec2 driver's handle is the descriptor (H5Fget_vfd_handle in the reference manual).
        let descriptor = handle.load(as: CInt.self)
        do {
          return try MappedFile.contents(of: "/dev/fd/\(descriptor)")
        } catch {
          return try MappedFile.contents(of: path)
        }
      }
      return try MappedFile.contents(of: path)
    }

    /// Where addresses are counted from in a file whose addresses and sizes have 8 bytes, as all have that libhdf5 makes by
    /// default.
    private static func origin(of file: hid_t) throws(ModelError) -> UInt64 {
      let creation = try HDF5Handle(H5Fget_create_plist(file), H5Pclose, "read the header of the file")
      var (addressSize, sizeSize) = (0, 0)
      try HDF5Library.check(H5Pget_sizes(creation.id, &addressSize, &sizeSize), "read the header of the file")
      guard addressSize == 8, sizeSize == 8 else {
        throw ModelError(HDF5Problem.addressSize(addressSize, sizeSize))
      }
      var userBlock: hsize_t = 0
      try HDF5Library.check(H5Pget_userblock(creation.id, &userBlock), "read the header of the file")
      return UInt64(userBlock)
    }

    /// The object at a path, if there is one.
    package func object(_ path: String) -> HDF5Object? {
      positions[path].map { objects[$0] }
    }

    /// Opens the dataset at a path.
    ///
    /// - Throws: ``HDF5Problem/noDataset`` if there is none, and what ``HDF5Dataset`` demands of every dataset.
    package func dataset(_ path: String) throws(ModelError) -> HDF5Dataset {
      try located(.object(path)) { () throws(ModelError) in
        guard let object = object(path), object.kind == .dataset else {
          throw ModelError(HDF5Problem.noDataset)
        }
        return try HDF5Dataset(object, of: self)
      }
    }
  }

  /// A group or dataset of a file.
  package struct HDF5Object: Sendable, Equatable {
    /// The two kinds of objects.
    package enum Kind: Sendable { case group, dataset }
    /// Which object it is, whatever its path.
    package struct Identity: Sendable, Hashable {
      let words: SIMD2<UInt64>
      /// The address of the object's header: what libhdf5's own file format makes an identity of.
      var address: UInt64 { UInt64(littleEndian: words.x) }
    }

    /// The absolute path.
    package let path: String
    /// What it is.
    package let kind: Kind
    /// Equal for two paths that lead to one object.
    package let identity: Identity
  }
#endif
