import NNFormat
import NNTestSupport
import Testing

import NNConvert

/// Names of arrays as they are found in the wild, and the layers that they must make. The left side comes from the programs that
/// the comments name; the order in which it stands must not matter.
@Suite struct PairingTests {
  @Test(arguments: [
    // The reference example.
    (
      "weights_input_hidden biases_hidden weights_hidden_output biases_output",
      "hidden=weights_input_hidden:biases_hidden output=weights_hidden_output:biases_output"
    ),
    (
      "weights_input_hidden1 weights_hidden1_hidden2 weights_hidden2_output biases_hidden1 biases_hidden2 biases_output",
      "hidden1=weights_input_hidden1:biases_hidden1 hidden2=weights_hidden1_hidden2:biases_hidden2 "
        + "output=weights_hidden2_output:biases_output"
    ),
    ("weights_input_hidden weights_hidden_output", "hidden=weights_input_hidden output=weights_hidden_output"),
    ("W_ih b_h W_ho b_o", "h=W_ih:b_h o=W_ho:b_o"),
    ("w_0_1 b_1 w_1_2 b_2", "=w_0_1:b_1 =w_1_2:b_2"),
    // Textbooks.
    ("W1 b1 W2 b2", "=W1:b1 =W2:b2"),
    ("w1 b_1 w2 b_2", "=w1:b_1 =w2:b_2"),
    ("W1 b1 W2", "=W1:b1 =W2"),
    ("W1 b1 W2 b2 W_out b_out", "=W1:b1 =W2:b2 out=W_out:b_out"),
    ("W2 b2 W10 b10 W1 b1", "=W1:b1 =W2:b2 =W10:b10"),
    ("weight bias", "=weight:bias"),
    ("W", "=W"),
    // PyTorch: numbers have gaps where activations stand between the layers.
    (
      "layer.0.weight layer.0.bias layer.2.weight layer.2.bias",
      "layer.0=layer.0.weight:layer.0.bias layer.2=layer.2.weight:layer.2.bias"
    ),
    ("0.weight 0.bias 2.weight 2.bias", "=0.weight:0.bias =2.weight:2.bias"),
    (
      "net.0.1.weight net.0.1.bias net.1.0.weight net.1.0.bias",
      "net.0.1=net.0.1.weight:net.0.1.bias net.1.0=net.1.0.weight:net.1.0.bias"
    ),
    (
      "fc1.weight fc1.bias fc2.weight fc2.bias out.weight out.bias",
      "fc1=fc1.weight:fc1.bias fc2=fc2.weight:fc2.bias out=out.weight:out.bias"
    ),
    // scikit-learn.
    ("coefs_0 coefs_1 intercepts_0 intercepts_1", "=coefs_0:intercepts_0 =coefs_1:intercepts_1"),
    // Underscores, Keras 2 and Keras 3, JAX.
    ("fc1_w fc1_b fc2_w fc2_b", "fc1=fc1_w:fc1_b fc2=fc2_w:fc2_b"),
    ("fc1_weight fc1_bias", "fc1=fc1_weight:fc1_bias"),
    (
      "dense/kernel:0 dense/bias:0 dense_1/kernel:0 dense_1/bias:0",
      "dense=dense/kernel:0:dense/bias:0 dense_1=dense_1/kernel:0:dense_1/bias:0"
    ),
    ("layers.0.W layers.0.b layers.1.W layers.1.b", "layers.0=layers.0.W:layers.0.b layers.1=layers.1.W:layers.1.b"),
    (
      "hiddenWeights hiddenBias outputWeights outputBias",
      "hidden=hiddenWeights:hiddenBias output=outputWeights:outputBias"
    ),
  ])
  func namesSayWhichArraysMakeWhichLayers(names: String, layers: String) throws {
    #expect(try words(LayerPairing.layers(of: arrays(names))) == layers)
    #expect(try words(LayerPairing.layers(of: arrays(names).reversed())) == layers)
  }

  @Test(arguments: [
    ("W1 b1 arr_0 x", ConvertProblem.unknownRoles(["arr_0", "x"])),
    // Two roles in one name, neither at an end.
    ("a_weight_bias_z", .unknownRoles(["a_weight_bias_z"])),
    ("b1 b2", .noWeights(["b1", "b2"])),
    ("W1 w_1", .sameLayer(role: "weights", ["W1", "w_1"])),
    ("W1 b1 bias1", .sameLayer(role: "biases", ["b1", "bias1"])),
    ("W1 b1 W2 b3", .unpairedBiases(["b3"], weights: ["W1", "W2"])),
    ("encoder.weight encoder.bias head.weight head.bias", .unknownOrder(["encoder.weight", "head.weight"])),
    // A recurrent layer is no stack of dense ones.
    ("weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0", .unknownOrder(["weight_ih_l0", "weight_hh_l0"])),
    ("w_x_y w_y_x", .unknownOrder(["w_x_y", "w_y_x"])),
  ])
  func whatNamesLeaveOpenIsRefusedWithAllNames(names: String, problem: ConvertProblem) {
    #expect(throws: ModelError(problem)) { try LayerPairing.layers(of: arrays(names)) }
  }

  @Test(arguments: [
    ("a:b,c:d", "=a:b =c:d"), ("c,a:b", "=c =a:b"), ("hidden=a:b,out=c", "hidden=a:b out=c"),
  ])
  func aListGivesLayersInItsOrder(list: String, layers: String) throws {
    #expect(try words(LayerList.layers(list, of: arrays("a b c d")).layers) == layers)
  }

  @Test func namesInAListMayHaveItsSigns() throws {
    let found = try LayerList.layers(
      "dense/kernel:0:dense/bias:0,n=a=b", of: arrays("dense/kernel:0 dense/bias:0 a=b c"))
    #expect(words(found.layers) == "=dense/kernel:0:dense/bias:0 n=a=b")
    #expect(found.rest == ["c"])
  }

  @Test(arguments: [
    ("a:x", ConvertProblem.badLayer("a:x", reason: "there is no array 'x'")),
    ("weigths", .badLayer("weigths", reason: "there is no array 'weigths'; did you mean 'weights'?")),
    ("a,", .badLayer("", reason: "there is no array ''")),
    ("a:b:c", .badLayer("a:b:c", reason: "write WEIGHTS, WEIGHTS:BIASES or NAME=WEIGHTS:BIASES")),
    ("a:b,a", .usedTwice("a")),
  ])
  func aListThatDoesNotFitIsRefused(list: String, problem: ConvertProblem) {
    #expect(throws: ModelError(problem)) { try LayerList.layers(list, of: arrays("a b c weights")) }
  }
}
