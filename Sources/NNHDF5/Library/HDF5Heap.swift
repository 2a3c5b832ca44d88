#if HDF5
  import NNFormat

  extension HDF5File {
    /// The bytes of an object of the global heap (HDF5 File Format Specification 3.0, section III.E).
    ///
    /// - Parameters:
    ///   - index: the object's number in its collection
    ///   - address: where the collection is
    borrowing func heapObject(_ index: UInt32, at address: UInt64) throws(ModelError) -> ByteRegion {
      let damaged = ModelError(HDF5Problem.damagedHeap(address))
      let (place, overflow) = address.addingReportingOverflow(origin)
      guard !overflow, let start = Int(exactly: place), start < contents.count else { throw damaged }
      var header = ByteReader(contents[start..<contents.count], origin: start)
      let signature = try header.bytes(4, "the signature of a heap")
      let version: UInt32 = try header.integer("the version of a heap")
      let size = try header.size("the size of a heap")
      guard signature == ByteRegion("GCOL".utf8), version & 0xFF == 1, size >= header.offset,
        size <= contents.count - start
      else { throw damaged }
      var reader = ByteReader(contents[start + header.offset..<start + size], origin: start + header.offset)
      // Object 0 is the free space at the end, which needs no header if it is too small for one.
      while reader.remaining >= 16 {
        let number: UInt16 = try reader.integer("the number of a heap object")
        guard number != 0 else { break }
        _ = try reader.bytes(6, "the header of a heap object")
        let objectSize = try reader.size("the size of a heap object")
        let bytes = try reader.bytes(objectSize, "a heap object")
        if number == index { return bytes }
        _ = try reader.bytes(min(reader.remaining, (8 - objectSize % 8) % 8), "the end of a heap object")
      }
      throw damaged
    }
  }
#endif
