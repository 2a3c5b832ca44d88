import NNFormat
import NNRuntime

/// A network, an input, and what is asked of them.
struct Job {
  /// The path of the model.
  let model: String
  /// The elements of the input.
  let input: [UInt8]
  /// The input's first extent; the others are the model's.
  let batch: Int
  /// The path that gets the elements of the result.
  let output: String
  /// What the network may use.
  let options: NetworkOptions

  /// Writes the result, says whether both ways to call give it, and then answers each line `buffers SECONDS` or
  /// `tensors SECONDS` with the times of one call with the caller's buffers or with tensors.
  func serve() throws {
    let network = try Network(contentsOfFile: model, options: options)
    let call = try Call(network, tensor(for: network))
    try RawFile.write(call.expected.bytes, to: output)
    answer("{\"same\": \(try call.waysAgree())}")
    while let line = readLine() {
      let words = line.split(separator: " ")
      guard words.count == 2, let seconds = Double(words[1]) else { return answer("{\"error\": \"unknown request\"}") }
      let times = words[0] == "tensors" ? try call.tensors(seconds: seconds) : try call.buffers(seconds: seconds)
      answer(times.json)
    }
  }

  /// Opens the model, computes once, and tells how long it took.
  func first() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let network = try Network(contentsOfFile: model, options: options)
    let opened = clock.now
    let result = try network(tensor(for: network))
    let end = clock.now
    try RawFile.write(result.bytes, to: output)
    answer("{\"open\": \((opened - start).seconds), \"total\": \((end - start).seconds)}")
  }

  /// Says that it is ready, waits for a line, opens the model and computes a few times, says that it is done, and stays until its
  /// input ends.
  func memory() throws {
    answer("{\"ready\": true}")
    _ = readLine()
    let network = try Network(contentsOfFile: model, options: options)
    let input = try tensor(for: network)
    for _ in 0..<4 { _ = try network(input) }
    answer("{\"done\": true}")
    _ = readLine()
  }

  private func tensor(for network: Network) throws -> Tensor {
    let type = network.inputs[0].type
    let extents = [batch] + type.shape.dropFirst().compactMap(\.value)
    return try Tensor(type.dataType, Shape(extents), bytes: ByteRegion(input))
  }

  private func answer(_ json: String) {
    print(json)
    RawFile.flushStandardOutput()
  }
}
