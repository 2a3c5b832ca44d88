public import NNFormat

/// A sum over products of an input and a kernel, in Einstein's notation: `abc,cd->abd`.
///
/// Each letter names an extent. One `...` in the input and one in the output stand for the same extents, however many.
public struct EinsumEquation: FieldValue {
  /// A letter, or the point that stands for `...`.
  typealias Label = UInt8
  static let rest = UInt8(ascii: ".")

  /// The equation as the file has it.
  public let text: String
  let input: [Label]
  let kernel: [Label]
  let output: [Label]
  /// In input, kernel and output; in the output's order.
  let shared: [Label]
  /// In input and output; in the output's order.
  let rows: [Label]
  /// In input and kernel; in the kernel's order, in which the sums run.
  let depth: [Label]
  /// In kernel and output; in the output's order.
  let columns: [Label]

  /// The equations that name each letter once a term, and each letter in two terms or three.
  public static var expectation: String {
    "an equation like 'abc,cd->abd', whose letters stand once a term and in two terms or three, and whose output begins as an input"
  }
  /// The equations, roughly.
  public static var schema: JSONValue {
    ["type": "string", "pattern": "^[A-Za-z.]*,[A-Za-z]*->[A-Za-z.]*$"]
  }

  /// The given equation; nil if it is none.
  public init?(_ text: String) {
    let sides = text.split(separator: "->", omittingEmptySubsequences: false)
    guard sides.count == 2 else { return nil }
    let factors = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard factors.count == 2, let input = EinsumEquation.labels(factors[0]),
      let kernel = EinsumEquation.labels(factors[1]), let output = EinsumEquation.labels(sides[1]),
      !kernel.contains(EinsumEquation.rest), let first = output.first, input.contains(first)
    else { return nil }
    let all = Set(input + kernel + output)
    guard all.allSatisfy({ label in [input, kernel, output].count { $0.contains(label) } >= 2 }) else { return nil }
    self.text = text
    self.input = input
    self.kernel = kernel
    self.output = output
    shared = output.filter { input.contains($0) && kernel.contains($0) }
    rows = output.filter { !kernel.contains($0) }
    depth = kernel.filter { !output.contains($0) }
    columns = output.filter { !input.contains($0) }
  }

  private static func labels(_ term: Substring) -> [Label]? {
    let labels = Array(term.replacing("...", with: ".").utf8)
    let isTerm = labels.allSatisfy { label in
      label == rest || UInt8(ascii: "a")...UInt8(ascii: "z") ~= label
        || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= label
    }
    let points = term.utf8.count { $0 == rest }
    return isTerm && (points == 0 || points == 3) && Set(labels).count == labels.count ? labels : nil
  }

  /// Reads an equation.
  public init?(json: JSONValue) {
    guard let text = json.string else { return nil }
    self.init(text)
  }

  /// The equation.
  public var json: JSONValue { .string(text) }
}

/// Some letters of an equation, each once; a string in files.
public struct EinsumLetters: FieldValue, ExpressibleByArrayLiteral {
  let labels: [UInt8]
  /// The strings of different letters.
  public static var expectation: String { "a string of letters, each once" }
  /// The same as a JSON Schema.
  public static var schema: JSONValue { ["type": "string", "pattern": "^[A-Za-z]*$"] }

  /// The letters of a string; nil if something else is in it or a letter stands twice.
  public init?(_ text: String) {
    let labels = Array(text.utf8)
    let areLetters = labels.allSatisfy {
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0
    }
    guard areLetters, Set(labels).count == labels.count else { return nil }
    self.labels = labels
  }

  /// The given letters, for literals in code.
  public init(arrayLiteral letters: Character...) {
    guard let value = EinsumLetters(String(letters)) else { preconditionFailure("the literal must be letters") }
    self = value
  }

  /// Reads a string of letters.
  public init?(json: JSONValue) {
    guard let text = json.string else { return nil }
    self.init(text)
  }

  /// The string.
  public var json: JSONValue { .string(String(decoding: labels, as: UTF8.self)) }

  func contains(_ label: UInt8) -> Bool { labels.contains(label) }
}

/// The extents of one term of an equation in a value, `...` being one extent.
struct EinsumTerm {
  let labels: [UInt8]
  let shape: Shape

  /// How many extents `...` stands for.
  private var restRank: Int { shape.rank - labels.count + 1 }

  private func axis(_ index: Int) -> Int {
    guard let rest = labels.firstIndex(of: EinsumEquation.rest), index > rest else { return index }
    return index + restRank - 1
  }

  /// The extent of a label; 1 if the term does not have it.
  func extent(_ label: UInt8) -> Int {
    guard let index = labels.firstIndex(of: label) else { return 1 }
    guard label == EinsumEquation.rest else { return shape[axis(index)] }
    return shape.count(of: index..<index + restRank)
  }

  /// How many elements lie between neighbours along a label; 0 if the term does not have it.
  func stride(_ label: UInt8) -> Int {
    guard let index = labels.firstIndex(of: label) else { return 0 }
    return shape.count(of: (label == EinsumEquation.rest ? index + restRank : axis(index) + 1)..<shape.rank)
  }

  /// The product of the extents of some labels.
  func count(_ labels: [UInt8]) -> Int {
    var count = 1
    for label in labels { count *= extent(label) }
    return count
  }
}
