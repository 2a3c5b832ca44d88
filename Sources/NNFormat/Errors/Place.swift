/// A place at which something can be wrong; an error has several, outermost first.
public enum Place: Sendable, Hashable, CustomStringConvertible {
  /// A file or folder, as the user named it.
  case file(String)
  /// A member of an archive.
  case member(String)
  /// A dataset, group or attribute of an HDF5 file, by its path.
  case object(String)
  /// A byte of a file or member, counted from 0.
  case byte(Int)
  /// A line of a text and a column in it, both counted from 1; a column counts bytes.
  case line(Int, column: Int)
  /// A value in a JSON document, as a path: `graph.nodes[2].inputs`.
  case key(String)
  /// A graph input, by name.
  case input(String)
  /// A graph output, by name.
  case output(String)
  /// A node of the graph, by name.
  case node(String)
  /// A field of a node, by name.
  case field(String)
  /// A tensor, by name.
  case tensor(String)
  /// A worked example, by name.
  case example(String)
  /// An option of a command, as typed.
  case option(String)

  /// The place in words.
  public var description: String {
    switch self {
    case .file(let path): path
    case .member(let name): "member '\(name)'"
    case .object(let path): path
    case .byte(let offset): "byte \(offset)"
    case .line(let line, let column): "line \(line), column \(column)"
    case .key(let path): path
    case .input(let name): "input '\(name)'"
    case .output(let name): "output '\(name)'"
    case .node(let name): "node '\(name)'"
    case .field(let name): "field '\(name)'"
    case .tensor(let name): "tensor '\(name)'"
    case .example(let name): "example '\(name)'"
    case .option(let name): name
    }
  }
}
