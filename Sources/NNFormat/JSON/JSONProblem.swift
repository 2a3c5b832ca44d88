/// What can be wrong with a JSON text, or with the values in it.
public enum JSONProblem: Problem {
  /// The text is not UTF-8.
  case notUTF8
  /// The text ends within a value.
  case endsEarly(expected: String)
  /// Something else stands where a value or a sign is needed.
  case unexpected(found: String, expected: String)
  /// A name stands twice in one object.
  case duplicateName(String)
  /// Values are nested too deeply.
  case tooDeep(limit: Int)
  /// A number is too large for a double.
  case numberTooLarge(String)
  /// A control character stands in a string as it is.
  case controlCharacter(UInt8)
  /// An escape in a string stands for half a character.
  case loneSurrogate(String)
  /// A value of another kind is needed.
  case wrongKind(expected: String, found: String)
  /// A member is missing.
  case missing(String)
  /// A member is unknown.
  case unknownName(String, nearest: String?)
  /// A number is not finite, which JSON cannot say.
  case notFinite

  /// What kind of failure this is.
  public var category: ProblemCategory { .malformed }

  /// The sentence for people.
  public var description: String {
    switch self {
    case .notUTF8:
      "not valid UTF-8, which JSON must be"
    case .endsEarly(let expected):
      "the text ends where \(expected) is needed; the file seems to be cut off"
    case .unexpected(let found, let expected):
      "found \(found) where \(expected) is needed"
    case .duplicateName(let name):
      "the name '\(name)' stands twice in one object; each may stand once"
    case .tooDeep(let limit):
      "values are nested more than \(limit) deep, which no model needs"
    case .numberTooLarge(let text):
      "the number \(text) is too large for a double"
    case .controlCharacter(let code):
      "a string holds the control character \(code) as it is; write it as an escape"
    case .loneSurrogate(let text):
      "the escape \(text) is half of a pair; both halves must stand together"
    case .wrongKind(let expected, let found):
      "must be \(expected), found \(found)"
    case .missing(let name):
      "the member '\(name)' is missing"
    case .unknownName(let name, let nearest):
      "the member '\(name)' is unknown" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .notFinite:
      "NaN and infinity cannot be written as JSON numbers"
    }
  }
}
