import NNFormat
import NNTestSupport
import Testing

import NNConvert

@Suite struct ActivationsTests {
  @Test func oneActivationIsForAllLayers() throws {
    let list = try Activations("tanh").spread(over: 3)
    #expect(list.map(\.kind) == ["tanh", "tanh", "tanh"])
  }

  @Test func aListGivesEachLayerItsOwn() throws {
    let list = try Activations("relu, leaky_relu(negative_slope=0.2),softmax").spread(over: 3)
    #expect(list.map(\.kind) == ["relu", "leaky_relu", "softmax"])
    #expect(list.map(\.fields) == [JSONObject(), JSONObject([("negative_slope", 0.2)]), JSONObject()])
  }

  @Test func settingsThatAreNamesNeedNoQuotes() throws {
    let list = try Activations("hard_sigmoid(definition=keras2)").spread(over: 1)
    #expect(list[0].fields == JSONObject([("definition", "keras2")]))
  }

  @Test func theNumberOfActivationsMustFit() throws {
    #expect(throws: ModelError(ConvertProblem.activationCount(found: 2, layers: 3))) {
      try Activations("relu,tanh").spread(over: 3)
    }
  }

  @Test func onlyKindsThatComputeElementByElementOrAlongAnAxisAreActivations() {
    #expect(
      Activations.kinds == [
        "linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "sigmoid", "hard_sigmoid",
        "hard_swish", "tanh", "softplus", "softsign", "exponential", "softmax", "log_softmax",
        "thresholded_relu", "threshold", "celu", "squareplus", "sparse_plus", "sparse_sigmoid", "log_sigmoid",
        "hard_tanh", "tanh_shrink", "shrink", "hard_shrink", "soft_shrink", "abs", "neg", "sign", "reciprocal",
        "square", "sqrt", "rsqrt", "floor", "ceil", "round", "clip", "log", "log1p", "expm1", "erf", "sin", "cos",
        "tan", "asin", "acos",
        "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "rescaling",
      ])
  }

  @Test func unknownActivationsAreListedAllAtOnceWithTheNearest() {
    #expect(
      throws: ModelError(
        ConvertProblem.unknownActivations(
          ["'sigmod' (did you mean 'sigmoid'?)", "'dense'"], known: Activations.kinds))
    ) { try Activations("sigmod,relu,dense") }
  }

  @Test(arguments: [
    ("relu,,tanh", "relu,,tanh", "an entry of the list is empty"),
    ("", "", "an entry of the list is empty"),
    ("elu(alpha=1", "elu(alpha=1", "a closing bracket is missing"),
    ("elu(alpha)", "elu(alpha)", "'alpha' is not NAME=VALUE"),
    ("elu(alpha=1,alpha=2)", "elu(alpha=1,alpha=2)", "'alpha' is given twice"),
    (
      "relu,elu(alph=1)", "elu(alph=1)",
      "field 'alph': the kind 'elu' has no such field; did you mean 'alpha'?"
    ),
    ("hard_sigmoid", "hard_sigmoid", "field 'definition': the kind 'hard_sigmoid' needs it, and it is missing"),
  ])
  func whatCannotBeReadIsRefusedWithTheReason(text: String, item: String, reason: String) {
    #expect(throws: ModelError(ConvertProblem.badActivation(item, reason: reason))) { try Activations(text) }
  }
}
