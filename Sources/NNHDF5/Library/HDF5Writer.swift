#if HDF5
  import CHDF5
  import NNFormat

  /// An HDF5 file that is being written.
  ///
  /// It has the oldest form that holds it (superblock 0), no times, and every dataset at a multiple of 64 bytes; the same calls
  /// give the same bytes.
  struct HDF5Writer: ~Copyable {
    private let handle: HDF5Handle
    private let linkCreation: HDF5Handle
    private let groupCreation: HDF5Handle

    /// Where datasets begin, in multiples from the start of the file.
    private static let alignment: hsize_t = 64
    /// Tensors of fewer bytes are not packed: a chunk's entry in the index would cost more than is saved.
    private static let smallestPacked = 1 << 10
    /// The most bytes of a chunk: 1 MiB, which is libhdf5's cache for them.
    private static let chunkSize = 1 << 20

    /// Creates a file in an unfinished one, and has `body` write it.
    static func write(
      to path: String, _ body: (borrowing HDF5Writer) throws(ModelError) -> Void
    ) throws(ModelError) {
      let writer = try HDF5Writer(path)
      try body(writer)
      try writer.finish()
    }

    /// Has `body` write a file in memory, and gives its bytes.
    static func inMemory(
      _ body: (borrowing HDF5Writer) throws(ModelError) -> Void
    ) throws(ModelError) -> ByteRegion {
      let writer = try HDF5Writer("memory.h5", inMemory: true)
      try body(writer)
      try writer.finish()
      let handle = writer.handle.id
      let size = H5Fget_file_image(handle, nil, 0)
      try HDF5Library.check(size, "write the file", isWriting: true)
      return try ByteRegion(count: size) { (bytes) throws(ModelError) in
        try HDF5Library.check(
          H5Fget_file_image(handle, bytes.baseAddress, bytes.count), "write the file", isWriting: true)
      }
    }

    private init(_ path: String, inMemory isInMemory: Bool = false) throws(ModelError) {
      let access = try HDF5Handle(H5Pcreate(nnm_file_access()), H5Pclose, "set up", isWriting: true)
      let creation = try HDF5Handle(H5Pcreate(nnm_file_create()), H5Pclose, "set up", isWriting: true)
      let links = try HDF5Handle(H5Pcreate(nnm_link_create()), H5Pclose, "set up", isWriting: true)
      let groups = try HDF5Handle(H5Pcreate(nnm_group_create()), H5Pclose, "set up", isWriting: true)
      // A file without a name is reached through /proc, as a link that leads to no path; libhdf5's usual driver looks for the
      // path and fails, the one over stdio does not (1.10.8 and 2.0.0).
      let isNameless = path.utf8.starts(with: "/proc/self/fd/".utf8)
      for code in [
        isInMemory
          ? H5Pset_fapl_core(access.id, HDF5Writer.chunkSize, false)
          : isNameless ? H5Pset_fapl_stdio(access.id) : H5Pset_fapl_sec2(access.id),
        H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG),
        // Nobody else knows the file yet; and a process that starts meanwhile may inherit it, and a lock with it.
        nnm_set_file_locking(access.id, false),
        H5Pset_libver_bounds(access.id, H5F_LIBVER_EARLIEST, nnm_newest_version()),
        H5Pset_alignment(access.id, 1, HDF5Writer.alignment),
        H5Pset_small_data_block_size(access.id, 0),
        H5Pset_obj_track_times(creation.id, false),
        H5Pset_obj_track_times(groups.id, false),
        H5Pset_char_encoding(links.id, H5T_CSET_UTF8),
      ] {
        try HDF5Library.check(code, "set up", isWriting: true)
      }
      let file = try HDF5Handle(
        H5Fcreate(path, nnm_truncate(), creation.id, access.id), H5Fclose, "create the file", isWriting: true)
      handle = file
      linkCreation = links
      groupCreation = groups
    }

    /// Writes what is still in memory. Closing the file, which follows, then has nothing left that could fail.
    private borrowing func finish() throws(ModelError) {
      try HDF5Library.check(H5Fflush(handle.id, H5F_SCOPE_LOCAL), "write the file", isWriting: true)
    }

    /// Creates a group.
    borrowing func createGroup(_ path: String) throws(ModelError) {
      _ = try HDF5Handle(
        H5Gcreate2(handle.id, path, linkCreation.id, groupCreation.id, nnm_default()), H5Gclose,
        "create the group \(path)", isWriting: true)
    }

    /// Makes a second path to a dataset.
    borrowing func link(_ path: String, to first: String) throws(ModelError) {
      try HDF5Library.check(
        H5Lcreate_hard(handle.id, first, handle.id, path, linkCreation.id, nnm_default()),
        "create the link \(path)", isWriting: true)
    }

    /// Writes a scalar dataset with a text of fixed length.
    borrowing func write(text: [UInt8], at path: String) throws(ModelError) {
      let type = try textType(size: max(1, text.count))
      let space = try HDF5Handle(H5Screate(H5S_SCALAR), H5Sclose, "create \(path)", isWriting: true)
      let padded = ByteRegion(text.isEmpty ? [0] : text)
      try write(padded, type.id, space.id, packing: nil, at: path)
    }

    /// Writes a tensor as a dataset, straight from where it lies.
    borrowing func write(
      _ tensor: Tensor, at path: String, compression: HDF5Compression
    ) throws(ModelError) {
      let type = try tensor.dataType.makeHDF5Type()
      var extents = tensor.shape.dimensions.map { hsize_t($0) }
      let space =
        extents.isEmpty
        ? try HDF5Handle(H5Screate(H5S_SCALAR), H5Sclose, "create \(path)", isWriting: true)
        : try HDF5Handle(
          H5Screate_simple(CInt(extents.count), &extents, nil), H5Sclose, "create \(path)", isWriting: true)
      var packing: (chunk: [hsize_t], level: Int)?
      if case .gzip(let level) = compression, tensor.bytes.count >= HDF5Writer.smallestPacked,
        !extents.isEmpty
      {
        packing = (HDF5Writer.chunk(of: tensor), level)
      }
      try write(tensor.bytes, type.id, space.id, packing: packing, at: path)
      if tensor.dataType == .bf16 { try write(attribute: "dtype", "bf16", of: path) }
    }

    /// The extents of the chunks: whole inner dimensions, as far as they fit.
    private static func chunk(of tensor: Tensor) -> [hsize_t] {
      var room = chunkSize / tensor.dataType.byteSize
      var chunk: [hsize_t] = []
      for extent in tensor.shape.dimensions.reversed() {
        let part = max(1, min(extent, room))
        chunk.append(hsize_t(part))
        room /= part
      }
      return chunk.reversed()
    }

    private borrowing func write(
      _ bytes: ByteRegion, _ type: hid_t, _ space: hid_t, packing: (chunk: [hsize_t], level: Int)?,
      at path: String
    ) throws(ModelError) {
      let creation = try HDF5Handle(
        H5Pcreate(nnm_dataset_create()), H5Pclose, "create \(path)", isWriting: true)
      var codes = [H5Pset_obj_track_times(creation.id, false)]
      if let (chunk, level) = packing {
        codes += [
          H5Pset_chunk(creation.id, CInt(chunk.count), chunk), H5Pset_shuffle(creation.id),
          H5Pset_deflate(creation.id, CUnsignedInt(clamping: level)),
        ]
      }
      for code in codes { try HDF5Library.check(code, "create \(path)", isWriting: true) }
      let dataset = try HDF5Handle(
        H5Dcreate2(handle.id, path, type, space, linkCreation.id, creation.id, nnm_default()), H5Dclose,
        "create \(path)", isWriting: true)
      guard bytes.count > 0 else { return }
      try bytes.withUnsafeBytes { (bytes) throws(ModelError) in
        // In the file's own type, so that libhdf5 converts nothing.
        let code = H5Dwrite(
          dataset.id, type, nnm_whole_space(), nnm_whole_space(), nnm_default(), bytes.baseAddress)
        try HDF5Library.check(code, "write \(path)", isWriting: true)
      }
    }

    /// Writes a text as an attribute; of varying length, because h5py gives such an attribute as a `str`.
    borrowing func write(attribute name: String, _ value: String, of path: String) throws(ModelError) {
      let action = "write the attribute \(name) of \(path)"
      let type = try textType(size: nnm_variable_size())
      let space = try HDF5Handle(H5Screate(H5S_SCALAR), H5Sclose, action, isWriting: true)
      let object = try HDF5Handle(H5Oopen(handle.id, path, nnm_default()), H5Oclose, action, isWriting: true)
      let attribute = try HDF5Handle(
        H5Acreate2(object.id, name, type.id, space.id, nnm_default(), nnm_default()), H5Aclose, action,
        isWriting: true)
      let code = value.withCString { text in
        withUnsafePointer(to: text) { H5Awrite(attribute.id, type.id, $0) }
      }
      try HDF5Library.check(code, action, isWriting: true)
    }

    private func textType(size: Int) throws(ModelError) -> HDF5Handle {
      let type = try HDF5Handle(H5Tcopy(nnm_c_string()), H5Tclose, "make a datatype", isWriting: true)
      for code in [
        H5Tset_size(type.id, size), H5Tset_cset(type.id, H5T_CSET_UTF8),
        H5Tset_strpad(type.id, H5T_STR_NULLPAD),
      ] {
        try HDF5Library.check(code, "make a datatype", isWriting: true)
      }
      return type
    }
  }
#endif
