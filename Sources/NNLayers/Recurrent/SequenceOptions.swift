import NNFormat

/// How a recurrent layer goes over its sequence, and what it gives and takes; the settings that all such kinds share.
public struct SequenceOptions: Sendable, Equatable {
  /// In which order the steps of the sequence are taken.
  public enum Direction: String, FieldChoice {
    /// The first step first.
    case forward
    /// The last step first.
    case backward
    /// Both, each with parameters and states of its own.
    case bidirectional
  }

  /// How the outputs of two directions become one.
  public enum MergeMode: String, FieldChoice {
    /// One behind the other, forward first.
    case concat
    /// `forward + backward`.
    case sum
    /// `forward * backward`.
    case mul
    /// `(forward + backward) / 2`.
    case ave
    /// Not at all: they are two outputs.
    case none
  }

  /// What says which steps are left out.
  public enum Mask: String, FieldChoice {
    /// Nothing: all count.
    case none
    /// A further input `bool [batch, time]`, false for steps to leave out.
    case steps
    /// A further input `i32 [batch]` or `i64 [batch]`, the number of steps that count.
    case lengths
  }

  /// Whether the output of each step is given, not only that of the last one.
  public var returnSequences = false
  /// Whether the states after the last step are given as further outputs.
  public var returnState = false
  /// Whether the states before the first step are further inputs.
  public var initialState = false
  /// In which order the steps are taken.
  public var direction = Direction.forward
  /// How the outputs of two directions become one.
  public var mergeMode = MergeMode.concat
  /// Whether the outputs are given in the order in which they are computed, the last step first.
  public var reversedOutput = false
  /// What says which steps are left out.
  public var mask = Mask.none
  /// Whether the output of a masked step is 0.
  public var zeroOutputForMask = false

  /// The last output of one pass from first to last.
  public init() {}

  /// Demands settings that do not contradict each other.
  func check() throws(ModelError) {
    func refuse(_ field: String, _ reason: String) -> ModelError {
      ModelError(LayerProblem.badSetting(reason: reason), at: .field(field))
    }
    if mergeMode != .concat && direction != .bidirectional {
      throw refuse("merge_mode", "'\(mergeMode.rawValue)' needs the direction 'bidirectional'")
    }
    if reversedOutput && !(direction == .backward && returnSequences) {
      throw refuse("reversed_output", "true needs the direction 'backward' and 'return_sequences'")
    }
    if zeroOutputForMask && !(mask == .steps && returnSequences) {
      throw refuse("zero_output_for_mask", "true needs the mask 'steps' and 'return_sequences'")
    }
  }

  /// How many passes there are.
  var directionCount: Int { direction == .bidirectional ? 2 : 1 }
  /// How many values the outputs of all passes make.
  var outputCount: Int { direction == .bidirectional && mergeMode == .none ? 2 : 1 }
  /// How often the output's last dimension holds the units.
  var outputParts: Int { direction == .bidirectional && mergeMode == .concat ? 2 : 1 }
  /// Whether a step that does not count gives 0 in the sequence of outputs.
  var zeroesMasked: Bool { mask == .lengths || zeroOutputForMask }
}
