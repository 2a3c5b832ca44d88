import NNRuntime

let network = try Network(contentsOfFile: "model.h5")  // or .nnm, .json, .safetensors, a folder of .npy files
let result = try network([[0, 1]])  // rows in, rows out
print(result)  // [[0.6614267946693558]] with the demo's model

let batch = try Tensor([0.0, 1, 1, 0], [2, 2])  // or whole tensors
print(try network(batch).elements(as: Double.self))

let run = try network.prepared(for: [1, 2])  // or the caller's buffers, and no allocation at all
var output = [0.0]
try run([0.0, 1.0], into: &output)
print(output)

try network.stream(batch.batches(of: 1)) { print($0.shape) }  // or part by part, in the memory of one part
