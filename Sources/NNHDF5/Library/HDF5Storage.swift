#if HDF5
  import CHDF5
  import NNFormat

  /// How a dataset keeps its values in the file.
  struct HDF5Storage {
    /// The layouts that are read.
    enum Layout { case compact, contiguous, chunked }

    let layout: Layout
    private let chunk: [hsize_t]

    /// From this size on, what is declared is compared with what is stored: 4 GiB, and no more than 1000 times as much. (The
    /// rule of Keras since 3.12; gzip itself reaches 1032 to 1 on zeros.)
    private static let expansionFrom: UInt64 = 4 << 30
    /// From this size on, one chunk is compared so. A chunk is unpacked as a whole, even for a small dataset.
    private static let chunkExpansionFrom: UInt64 = 64 << 20

    /// Reads how a dataset is stored.
    ///
    /// - Throws: ``HDF5Problem`` if it is in other files or passes through filters that are not read.
    init(_ dataset: hid_t) throws(ModelError) {
      let list = try HDF5Handle(H5Dget_create_plist(dataset), H5Pclose, "read how the dataset is stored")
      let found = H5Pget_layout(list.id)
      guard found != H5D_VIRTUAL else { throw ModelError(HDF5Problem.virtualDataset) }
      let external = try HDF5Library.check(H5Pget_external_count(list.id), "look for external storage")
      guard external == 0 else { throw ModelError(HDF5Problem.externalStorage) }
      try HDF5Storage.checkFilters(list.id)
      switch found {
      case H5D_COMPACT: (layout, chunk) = (.compact, [])
      case H5D_CONTIGUOUS: (layout, chunk) = (.contiguous, [])
      case H5D_CHUNKED:
        var extents = [hsize_t](repeating: 0, count: Shape.maximumRank)
        let rank = try HDF5Library.check(
          H5Pget_chunk(list.id, CInt(extents.count), &extents), "read the extents of chunks")
        (layout, chunk) = (.chunked, Array(extents.prefix(Int(rank))))
      default: throw HDF5Library.failure("read how the dataset is stored")
      }
    }

    private static func checkFilters(_ list: hid_t) throws(ModelError) {
      let count = try HDF5Library.check(H5Pget_nfilters(list), "list filters")
      var known: Set<H5Z_filter_t> = [H5Z_filter_t(H5Z_FILTER_DEFLATE), H5Z_filter_t(H5Z_FILTER_SHUFFLE)]
      known.insert(H5Z_filter_t(H5Z_FILTER_FLETCHER32))
      for position in 0..<CUnsignedInt(count) {
        var (flags, configuration): (CUnsignedInt, CUnsignedInt) = (0, 0)
        var valueCount = 0
        var name = [CChar](repeating: 0, count: 65)
        let filter = H5Pget_filter2(
          list, position, &flags, &valueCount, nil, name.count - 1, &name, &configuration)
        try HDF5Library.check(filter, "read a filter")
        // A filter that stands twice would expand by the square.
        guard known.remove(filter) != nil else {
          let text = name.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
          }
          throw ModelError(HDF5Problem.filter("\(filter)\(text.isEmpty ? "" : " ('\(text)')")"))
        }
      }
    }

    /// Demands that all values are stored, and that they need not much more memory than they take in the file.
    func checkSize(of dataset: hid_t, space: hid_t, shape: Shape, elementSize: Int) throws(ModelError) {
      let (size, overflow) = UInt64(shape.count).multipliedReportingOverflow(by: UInt64(elementSize))
      guard !overflow else { throw ModelError(ModelProblem.shapeOverflow(shape.dimensions)) }
      guard size > 0 else { return }
      let stored = UInt64(H5Dget_storage_size(dataset))
      guard layout == .chunked else {
        guard stored == size else {
          throw ModelError(HDF5Problem.neverWritten(unit: "bytes", stored: stored, needed: size))
        }
        return
      }
      let needed = try chunkCount(shape)
      var written: hsize_t = 0
      try HDF5Library.check(H5Dget_num_chunks(dataset, space, &written), "count chunks")
      guard written == needed else {
        throw ModelError(HDF5Problem.neverWritten(unit: "chunks", stored: UInt64(written), needed: needed))
      }
      var chunkSize = UInt64(elementSize)
      for extent in chunk {
        let (product, overflow) = chunkSize.multipliedReportingOverflow(by: extent)
        guard !overflow else { throw ModelError(HDF5Problem.expansion(declared: .max, stored: stored)) }
        chunkSize = product
      }
      for (declared, limit) in [
        (size, HDF5Storage.expansionFrom), (chunkSize, HDF5Storage.chunkExpansionFrom),
      ] where declared > limit && declared / 1000 > stored {
        throw ModelError(HDF5Problem.expansion(declared: declared, stored: stored))
      }
    }

    /// How many chunks a dataset of the given shape has.
    private func chunkCount(_ shape: Shape) throws(ModelError) -> UInt64 {
      guard chunk.count == shape.rank, chunk.allSatisfy({ $0 > 0 }) else {
        throw ModelError(
          ContainerProblem.contradiction(
            what: "number of dimensions", "\(shape.rank)", "\(chunk.count) in its chunks"))
      }
      // No overflow: each factor is at most the extent, and their product at most the number of elements.
      return zip(shape.dimensions, chunk).reduce(1) { $0 * ((UInt64($1.0) - 1) / $1.1 + 1) }
    }
  }
#endif
