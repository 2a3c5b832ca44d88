/// A text table: a line of titles, then a line for each row, in aligned columns without rules.
package struct Table {
  /// How a column is set.
  package struct Column: Sendable {
    fileprivate let title: String
    fileprivate let isNumber: Bool
    fileprivate let mayShorten: Bool

    /// Words, set to the left; they stay whole.
    package static func text(_ title: String) -> Column {
      Column(title: title, isNumber: false, mayShorten: false)
    }
    /// Names, set to the left; their middle is left out where the terminal is too narrow.
    package static func name(_ title: String) -> Column {
      Column(title: title, isNumber: false, mayShorten: true)
    }
    /// Numbers, set to the right.
    package static func number(_ title: String) -> Column {
      Column(title: title, isNumber: true, mayShorten: false)
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []
  private static let gap = 2
  private static let leastNameWidth = 8

  /// A table without rows.
  package init(_ columns: Column...) {
    self.columns = columns
  }

  /// Whether there are no rows.
  package var isEmpty: Bool { rows.isEmpty }

  /// Adds a row; what could upset a terminal is escaped.
  ///
  /// - Precondition: there is a cell for each column.
  package mutating func add(_ cells: String...) {
    precondition(cells.count == columns.count, "a row has a cell for each column")
    rows.append(cells.map(printable))
  }

  /// The text, a newline at the end of each line. Columns in which nothing stands are left out.
  ///
  /// - Parameters:
  ///   - width: how many columns of the terminal there are; nil for as many as needed.
  ///   - indent: how many spaces stand before each line.
  package func text(width: Int? = StandardOutput.width, indent: Int = 0) -> String {
    let used = columns.indices.filter { column in rows.contains { !$0[column].isEmpty } }
    var widths = used.map { column in
      rows.reduce(displayWidth(columns[column].title)) { max($0, displayWidth($1[column])) }
    }
    if let width {
      let available = width - indent - Table.gap * (used.count - 1)
      while widths.reduce(0, +) > available {
        let widest = used.indices.filter { columns[used[$0]].mayShorten }.max { widths[$0] < widths[$1] }
        guard let widest, widths[widest] > Table.leastNameWidth else { break }
        widths[widest] -= 1
      }
    }
    let titles = columns.map(\.title)
    return ([titles] + rows).map { row in
      var line = String(repeating: " ", count: indent)
      var missing = 0
      for (position, column) in used.enumerated() {
        let cell = columns[column].mayShorten ? shortened(row[column], to: widths[position]) : row[column]
        let space = max(0, widths[position] - displayWidth(cell))
        line += String(repeating: " ", count: missing + (columns[column].isNumber ? space : 0)) + cell
        missing = (columns[column].isNumber ? 0 : space) + Table.gap
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
