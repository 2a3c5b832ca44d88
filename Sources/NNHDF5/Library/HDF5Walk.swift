#if HDF5
  import CHDF5
  import NNFormat

  /// Lists the objects of a file, following hard links alone.
  enum HDF5Walk {
    /// A group that is still to be listed.
    private struct Pending {
      let path: String
      let depth: Int
    }

    /// All objects under the root of a file, a group before what is in it, by name.
    static func objects(
      of file: hid_t, heap: HDF5LocalHeap, limits: Limits
    ) throws(ModelError) -> [HDF5Object] {
      // Groups come on top of tensors: at most one for each node and three for each example.
      let limit = 4 * limits.tensorCount
      var found: [HDF5Object] = []
      let root = try object(in: file, at: "/")
      try located(.object("/")) { () throws(ModelError) in try heap.check(groupAt: root.identity.address) }
      var groups: Set<HDF5Object.Identity> = [root.identity]
      var waiting = [Pending(path: "", depth: 0)]
      while let group = waiting.popLast() {
        let place = group.path.isEmpty ? "/" : group.path
        guard group.depth < HDF5File.maximumDepth else {
          throw ModelError(HDF5Problem.tooDeep(limit: HDF5File.maximumDepth), at: .object(place))
        }
        let names = try links(of: file, at: place, limit: limit - found.count, limits: limits)
        var inner: [Pending] = []
        for name in names {
          let path = "\(group.path)/\(name)"
          let object = try located(.object(path)) { () throws(ModelError) in
            let object = try Self.object(in: file, at: path)
            if object.kind == .group {
              guard groups.insert(object.identity).inserted else { throw ModelError(HDF5Problem.groupTwice) }
              try heap.check(groupAt: object.identity.address)
              inner.append(Pending(path: path, depth: group.depth + 1))
            }
            return object
          }
          found.append(object)
        }
        waiting += inner.reversed()
      }
      return found
    }

    private static func object(in file: hid_t, at path: String) throws(ModelError) -> HDF5Object {
      var info = nnm_object()
      try HDF5Library.check(nnm_get_object(file, path, &info), "read the header of an object")
      let kind: HDF5Object.Kind
      switch info.type {
      case H5O_TYPE_GROUP: kind = .group
      case H5O_TYPE_DATASET: kind = .dataset
      default: throw ModelError(HDF5Problem.unknownObject)
      }
      let words = withUnsafeBytes(of: info.identity) { $0.loadUnaligned(as: SIMD2<UInt64>.self) }
      return HDF5Object(path: path, kind: kind, identity: HDF5Object.Identity(words: words))
    }

    /// What the visitor of links collects, and why it stopped.
    private struct Collection {
      let limit: Int
      let nameLength: Int
      var names: [String] = []
      var problem: any Problem = HDF5Problem.unknownObject
      var place: String?

      /// Takes a link; false if there is something wrong with it.
      mutating func add(_ bytes: UnsafePointer<CChar>, _ kind: H5L_type_t) -> Bool {
        guard let name = String(validatingCString: bytes) else {
          return refuse("", HDF5Problem.badName(reason: "is not UTF-8"))
        }
        guard name.utf8.count <= nameLength else {
          let reason = "has \(name.utf8.count) bytes, more than the \(nameLength) that are read"
          return refuse("", HDF5Problem.badName(reason: reason))
        }
        // A point would mean the group itself when a path is followed.
        guard !name.isEmpty, name != ".", !name.utf8.contains(UInt8(ascii: "/")) else {
          return refuse("", HDF5Problem.badName(reason: "is empty, a point, or has a slash"))
        }
        guard names.count < limit else {
          return refuse("", ModelProblem.tooMany(what: "objects", count: names.count + 1, limit: limit))
        }
        switch kind {
        case H5L_TYPE_HARD:
          names.append(name)
          return true
        case H5L_TYPE_SOFT: return refuse(name, HDF5Problem.foreignLink(kind: "a soft link"))
        case H5L_TYPE_EXTERNAL: return refuse(name, HDF5Problem.foreignLink(kind: "an external link"))
        default: return refuse(name, HDF5Problem.foreignLink(kind: "a link of a kind of its own"))
        }
      }

      private mutating func refuse(_ name: String, _ problem: any Problem) -> Bool {
        (self.problem, place) = (problem, name)
        return false
      }
    }

    private static func links(
      of file: hid_t, at path: String, limit: Int, limits: Limits
    ) throws(ModelError) -> [String] {
      // An escaped name has up to three bytes for each of its own.
      var collection = Collection(limit: limit, nameLength: 3 * limits.nameLength)
      try located(.object(path)) { () throws(ModelError) in
        let group = try HDF5Handle(H5Gopen2(file, path, nnm_default()), H5Gclose, "open the group")
        let code = withUnsafeMutablePointer(to: &collection) { collection in
          nnm_visit_links(
            group.id,
            { name, kind, context in
              guard let name, let collection = context?.assumingMemoryBound(to: Collection.self) else {
                return -1
              }
              return collection.pointee.add(name, kind) ? 0 : 1
            }, collection)
        }
        try HDF5Library.check(code, "list the group")
      }
      if let name = collection.place {
        let place = name.isEmpty ? path : path == "/" ? "/\(name)" : "\(path)/\(name)"
        throw ModelError(collection.problem, at: .object(place))
      }
      return collection.names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
  }
#endif
