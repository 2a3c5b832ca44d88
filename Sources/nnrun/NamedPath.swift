import ArgumentParser

/// A file on the command line, and the input or output it stands for: `x.npy`, or `image=x.npy`.
struct NamedPath: ExpressibleByArgument {
  /// The name before the first `=`; nil if there is none, or if a folder stands before it (`./a=b.npy` is a path).
  let name: String?
  /// The path, or `-` for standard input.
  let path: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, !parts[0].contains("/") {
      guard !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
      (name, path) = (String(parts[0]), String(parts[1]))
    } else {
      guard !argument.isEmpty else { return nil }
      (name, path) = (nil, argument)
    }
  }

  static var defaultCompletionKind: CompletionKind { .file() }
}
