#if HDF5
  import NNFormat

  /// Checks the heap with the names of an old-style group before libhdf5 reads it: libhdf5 1.10 follows the list of free blocks
  /// in it for ever, and takes memory for each, if damage has made it a circle.
  struct HDF5LocalHeap {
    let contents: ByteRegion
    /// Where in the file addresses are counted from.
    let origin: UInt64

    /// Checks the heap of the group whose object header is at `address`; groups of newer forms have none.
    ///
    /// Sources: HDF5 File Format Specification 3.0, sections IV.A.1.a (object header, version 1), IV.A.2.q and r (messages) and
    /// III.D (local heap).
    func check(groupAt address: UInt64) throws(ModelError) {
      var header = try reader(at: address)
      let version: UInt8 = try header.integer("the version of an object header")
      guard version == 1 else { return }
      _ = try header.bytes(1, "an object header")
      let messageCount: UInt16 = try header.integer("the number of messages")
      _ = try header.bytes(4, "an object header")
      let size: UInt32 = try header.integer("the size of an object header")
      _ = try header.bytes(4, "an object header")
      var blocks = [try header.bytes(Int(size), "an object header")]
      var rest = Int(messageCount)
      while let block = blocks.popLast() {
        var messages = ByteReader(block)
        while messages.remaining >= 8, rest > 0 {
          rest -= 1
          let kind: UInt16 = try messages.integer("the kind of a message")
          let size: UInt16 = try messages.integer("the size of a message")
          _ = try messages.bytes(4, "the header of a message")
          var message = ByteReader(try messages.bytes(Int(size), "a message"))
          switch kind {
          case 0x10:
            let place: UInt64 = try message.integer("the address of a continuation")
            let length = try message.size("the size of a continuation")
            var continuation = try reader(at: place)
            blocks.append(try continuation.bytes(length, "a continuation"))
          case 0x11:
            _ = try message.bytes(8, "the address of an index")
            try check(heapAt: try message.integer("the address of a heap"))
          default: break
          }
        }
      }
    }

    private func check(heapAt address: UInt64) throws(ModelError) {
      var heap = try reader(at: address)
      guard try heap.bytes(4, "the signature of a heap") == ByteRegion("HEAP".utf8) else {
        throw damaged(address)
      }
      _ = try heap.bytes(4, "the header of a heap")
      let size = try heap.size("the size of a heap")
      var next: UInt64 = try heap.integer("the place of a free block")
      var data = try reader(at: try heap.integer("the address of a heap's data"))
      let bytes = try data.bytes(size, "a heap's data")
      // 1 ends the list. Free blocks do not overlap and have at least 16 bytes, so there cannot be more than fit.
      var room = size / 16
      while next != 1 {
        guard room > 0, size >= 16, next <= UInt64(size - 16) else { throw damaged(address) }
        room -= 1
        var block = ByteReader(bytes[Int(next)..<Int(next) + 16])
        next = try block.integer("the place of a free block")
      }
    }

    private func reader(at address: UInt64) throws(ModelError) -> ByteReader {
      let (place, overflow) = address.addingReportingOverflow(origin)
      guard !overflow, let start = Int(exactly: place), start <= contents.count else {
        throw damaged(address)
      }
      return ByteReader(contents[start..<contents.count], origin: start)
    }

    private func damaged(_ address: UInt64) -> ModelError {
      ModelError(HDF5Problem.damagedHeap(address))
    }
  }
#endif
