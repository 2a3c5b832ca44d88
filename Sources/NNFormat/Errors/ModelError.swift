/// What went wrong while a model was read, written, converted or run, and where.
///
/// One type serves all the libraries of this package: a ``Problem`` says what is wrong and what would be right, and the
/// ``places`` say where, outermost first. ``description`` joins them:
///
///     model.nnm: tensor 'hidden/weights': needs 64 bytes, but only 32 remain
public struct ModelError: Error, Equatable, CustomStringConvertible {
  /// Where it went wrong, outermost first: the file, then the tensor or node in it, then the field.
  public private(set) var places: [Place]
  /// What is wrong.
  public let problem: any Problem

  /// Makes an error out of a problem and the places known so far, outermost first.
  public init(_ problem: any Problem, at places: Place...) {
    self.problem = problem
    self.places = places
  }

  /// The same error, found inside a larger place.
  public func inside(_ place: Place) -> ModelError {
    var error = self
    error.places.insert(place, at: 0)
    return error
  }

  /// The sentence for people: places, a colon each, then the problem.
  public var description: String {
    (places.map(\.description) + [problem.description]).joined(separator: ": ")
  }

  /// Equal when the problems and the places are.
  public static func == (left: ModelError, right: ModelError) -> Bool {
    left.places == right.places && left.problem.isEqual(to: right.problem)
  }
}

/// One way in which input can be wrong; each area of the package has an enum of its own.
///
/// The cases carry values and no sentences; `description` words all of them, in lower case, with 'quoted' names and with
/// what would be right.
public protocol Problem: Sendable, Equatable, CustomStringConvertible {
  /// What kind of failure this is; it decides a command's exit code.
  var category: ProblemCategory { get }
}

extension Problem {
  fileprivate func isEqual(to other: any Problem) -> Bool {
    (other as? Self) == self
  }
}

/// The kinds of failure that a caller treats differently; each has one exit code (as in BSD's `sysexits.h`).
public enum ProblemCategory: Int32, Sendable, CaseIterable {
  /// A check ran and failed: a digest, an example, a comparison.
  case failedCheck = 1
  /// A command or a function was asked for something that makes no sense.
  case usage = 64
  /// The data breaks a rule of its format.
  case malformed = 65
  /// There is nothing to read where something was named.
  case missingInput = 66
  /// The data is well-formed, but asks for what this version does not do.
  case unsupported = 69
  /// A promise inside this package was broken.
  case internalFault = 70
  /// The output cannot be created.
  case cannotCreate = 73
  /// Reading or writing failed half-way.
  case inputOutput = 74
}

/// Runs `body` and puts `place` in front of the places of an error that it throws.
@inlinable
public func located<Result: ~Copyable>(
  _ place: @autoclosure () -> Place, _ body: () throws(ModelError) -> Result
) throws(ModelError) -> Result {
  do {
    return try body()
  } catch {
    throw error.inside(place())
  }
}
