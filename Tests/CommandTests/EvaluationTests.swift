import NNFormat
import NNNumPy
import NNTestSupport
import Testing

/// `nnrun --evaluate` and `--seed`.
@Suite struct EvaluationTests {
  private func session() throws -> Session {
    let session = Session()
    try session.write(Models.network(), "network.nnm")
    for name in ["x.npy", "y.npy", "single_precision.npy"] { try session.copy(name) }
    return session
  }

  @Test func printsTheLossAndTheAccuracy() throws {
    let session = try session()
    let run = ["nnrun", "network.nnm", "-i", "x.npy", "--evaluate"]
    try session.run(run + ["y.npy", "--loss", "mean_squared_error"])
    session.folder.write("targets.csv", Array("1,0\n0,1\n".utf8))
    session.folder.write("classes.csv", Array("0\n1\n".utf8))
    session.folder.write("classes.json", Array("[0, 1]".utf8))
    try Tensor([0, 1] as [Int32], [2]).writeNPY(to: session.folder.file("classes.npy"), replacing: false)
    try session.run(run + ["y=targets.csv", "--loss", "huber,delta=0.5"])
    let loss = "categorical_cross_entropy,from_logits=true"
    for targets in ["targets.csv", "classes.csv", "classes.json", "classes.npy"] {
      #expect(try session.run(run + [targets, "--loss", loss]).code == 0)
    }
    try session.run(run + ["classes.npy", "--loss", loss, "--json"])
    try session.run(run + ["targets.csv", "--loss", "mean_absolute_error", "-o", "out.npy", "--json"])
    try session.expectSnapshot("nnrun-evaluate")
  }

  @Test func refusesWhatCannotBeMeasured() throws {
    let session = try session()
    session.folder.write("three.json", Array("[0, 1, 0]".utf8))
    session.folder.write("beyond.json", Array("[0, 2]".utf8))
    session.folder.write("halves.json", Array("[0, 0.5]".utf8))
    let run = ["nnrun", "network.nnm", "-i", "x.npy"]
    for loss in [
      "mean_sqared_error", "accuracy", "huber,delta", "huber,delta=1,delta=2", "huber,dleta=2", "huber,delta=-1",
      "huber,delta=two",
    ] {
      #expect(try session.run(run + ["--evaluate", "y.npy", "--loss", loss]).code == 64)
    }
    for targets in ["three.json", "beyond.json", "halves.json", "single_precision.npy"] {
      #expect(
        try session.run(run + ["--evaluate", targets, "--loss", "categorical_cross_entropy,from_logits=true"]).code
          == 65)
    }
    #expect(try session.run(run + ["--evaluate", "z=y.npy", "--loss", "huber"]).code == 64)
    #expect(try session.run(run + ["--evaluate", "y.npy"]).code == 64)
    #expect(try session.run(run + ["--loss", "huber"]).code == 64)
    #expect(try session.run(run + ["--evaluate", "missing.npy", "--loss", "huber"]).code == 66)
    try session.write(Models.twoInputs(), "two.nnm")
    session.folder.write("both.json", Array(#"{"left": [[1, -2]], "right": [[0.5, 0.25]]}"#.utf8))
    let two = ["nnrun", "two.nnm", "-i", "both.json", "--loss", "hinge", "--evaluate"]
    #expect(try session.run(two + ["both.json"]).code == 64)
    session.folder.write("results.json", Array(#"{"kept": [[1, 0]], "total": [[1, -1]]}"#.utf8))
    #expect(try session.run(two + ["total=results.json"]).code == 0)
    try session.expectSnapshot("nnrun-evaluate-refusals")
  }

  @Test func severalOutputsHaveLossesOfTheirOwn() throws {
    let session = Session()
    try session.write(Models.twoInputs(), "two.nnm")
    session.folder.write("both.json", Array(#"{"left": [[1, -2]], "right": [[0.5, 0.25]]}"#.utf8))
    session.folder.write("results.json", Array(#"{"kept": [[1, 0]], "total": [[1, -1]]}"#.utf8))
    let run = ["nnrun", "two.nnm", "-i", "both.json", "--evaluate", "total=results.json", "--evaluate"]
    let both = run + ["kept=results.json", "--loss"]
    try session.run(both + ["huber", "--loss", "kept=mean_absolute_error"])
    try session.run(both + ["total=huber,delta=0.5", "--loss", "kept=mean_squared_error", "--json"])
    try session.run(both + ["mean_squared_error"])
    for refused in [
      both + ["huber", "--loss", "hinge"], both + ["total=huber"], both + ["totl=huber"],
      both + ["huber", "--loss", "kept=huber", "--loss", "kept=hinge"],
      run + ["total=results.json", "--loss", "huber"],
      [
        "nnrun", "two.nnm", "-i", "both.json", "--evaluate", "kept=results.json", "--loss", "huber", "--loss",
        "total=huber",
      ],
    ] {
      #expect(try session.run(refused).code == 64)
    }
    try session.expectSnapshot("nnrun-evaluate-several")
  }

  @Test func aSeedMakesARunASample() throws {
    let session = Session()
    let type = TensorType(.f64, [.symbol("N"), .known(4)])
    let graph = Graph(
      inputs: [GraphInput("x", type)],
      nodes: [Node("dropped", "dropout", fields: JSONObject([("rate", 0.5)]), inputs: ["x"])],
      outputs: [GraphOutput("y", "dropped")])
    try session.write(Model(graph: graph), "dropout.nnm")
    session.folder.write("x.csv", Array("1,2,3,4\n5,6,7,8\n".utf8))
    try session.run("nnrun", "dropout.nnm", "-i", "x.csv")
    try session.run("nnrun", "dropout.nnm", "-i", "x.csv", "--seed", "42")
    try session.run("nnrun", "dropout.nnm", "-i", "x.csv", "--seed", "18446744073709551615", "--json")
    #expect(try session.run("nnrun", "dropout.nnm", "-i", "x.csv", "--seed", "-1").code == 64)
    try session.expectSnapshot("nnrun-seed")
  }
}
