import NNFormat
import NNRuntime

/// Our side of the benchmarks; `suite.py` runs it in turns with the others.
///
///     nnbench serve  MODEL INPUT BATCH OUTPUT [--threads N]   answers requests for times until its input ends
///     nnbench first  MODEL INPUT BATCH OUTPUT [--threads N]   time from opening to the first result, in this fresh process
///     nnbench memory MODEL INPUT BATCH OUTPUT [--threads N]   opens and runs when told to, while the caller watches its memory
///
/// INPUT holds the elements, little-endian, in the model's type, and the result is written to OUTPUT in the same way. Answers are
/// lines of JSON, times are seconds.
@main
struct Benchmark {
  private static let usage = "usage: nnbench serve|first|memory MODEL INPUT BATCH OUTPUT [--threads N]"

  static func main() throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    var options = NetworkOptions()
    if let position = arguments.firstIndex(of: "--threads") {
      guard position + 1 < arguments.count, let threads = Int(arguments[position + 1]), threads > 0 else {
        return print(usage)
      }
      options.threads = threads
      arguments.removeSubrange(position...(position + 1))
    }
    guard arguments.count == 5, let batch = Int(arguments[3]), batch > 0 else { return print(usage) }
    let job = Job(
      model: arguments[1], input: try RawFile.read(arguments[2]), batch: batch, output: arguments[4],
      options: options)
    switch arguments[0] {
    case "serve": try job.serve()
    case "first": try job.first()
    case "memory": try job.memory()
    default: print(usage)
    }
  }
}
