/// How tensors are packed in an HDF5 file.
package enum HDF5Compression: Sendable, Hashable {
  /// Not at all: they are used where they lie in the file.
  case none
  /// By gzip after a shuffle of bytes, at a level from 1 (fast) to 9 (small). A packed file is unpacked when it is opened.
  case gzip(level: Int)
}
