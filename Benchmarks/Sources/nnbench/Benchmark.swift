import NNFormat
import NNRuntime

/// Our side of the benchmarks; `peers.py` runs it in turns with the others.
///
///     nnbench call MODEL INPUT BATCH [SECONDS]    time of one call, with a caller's buffers and with tensors
///     nnbench first MODEL INPUT BATCH             time from opening to the first result, in this fresh process
///
/// INPUT holds the elements, little-endian, in the model's type. Each command prints one line of JSON, with the bits of the result.
@main
struct Benchmark {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count >= 4, let batch = Int(arguments[3]), batch > 0 else {
      print("usage: nnbench call|first MODEL INPUT BATCH [SECONDS]")
      return
    }
    let bytes = try RawFile(arguments[2]).bytes
    switch arguments[0] {
    case "call":
      let seconds = arguments.count > 4 ? Double(arguments[4]) ?? 1 : 1
      try Call(path: arguments[1], bytes: bytes, batch: batch).measure(seconds: seconds)
    case "first":
      try firstCall(path: arguments[1], bytes: bytes, batch: batch)
    default:
      print("usage: nnbench call|first MODEL INPUT BATCH [SECONDS]")
    }
  }

  private static func firstCall(path: String, bytes: [UInt8], batch: Int) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let network = try Network(contentsOfFile: path)
    let opened = clock.now
    let input = try Call.tensor(bytes, for: network, batch: batch)
    let result = try network(input)
    let end = clock.now
    print(
      """
      {"open_ns": \((opened - start).nanoseconds), "total_ns": \((end - start).nanoseconds), \
      "output": "\(result.hexadecimal)"}
      """)
  }
}

extension Duration {
  var nanoseconds: Double { Double(components.seconds) * 1e9 + Double(components.attoseconds) * 1e-9 }
}

extension Tensor {
  var hexadecimal: String {
    bytes.withUnsafeBytes { bytes in
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }
}
