import NNFormat
import NNTestSupport
import Testing

@Suite struct KerasCommandTests {
  private static let cases = "\(fixtures)/keras/cases"
  private static let malformed = "\(fixtures)/keras/malformed"

  private func session(_ files: String...) throws -> Session {
    let session = Session()
    for path in files {
      session.folder.write(String(path.split(separator: "/").last ?? ""), try bytes(of: path))
    }
    return session
  }

  @Test func aFileOfKerasBecomesAModelThatIsIntact() throws {
    let session = try session("\(Self.cases)/net_perceptron.keras")
    let conversion = try session.run("nnconvert", "from-keras", "net_perceptron.keras", "-o", "m.nnm")
    #expect(conversion.code == 0, "\(conversion.errors)")
    #expect(conversion.output.contains("wrote m.nnm (nnm), sha256:"))
    #expect(try session.run("nninfo", "m.nnm").code == 0)
    #expect(try session.run("nnconvert", "from-keras", "net_perceptron.keras", "-o", "m.nnm").code == 73)
  }

  @Test func otherCommandsNameTheOneThatReadsFilesOfKeras() throws {
    let session = try session("\(Self.cases)/net_perceptron.keras", "\(Self.cases)/k1_perceptron.h5")
    for file in ["net_perceptron.keras", "k1_perceptron.h5"] {
      let run = try session.run("nninfo", file)
      #expect(run.code != 0)
      #expect(run.errors.contains("a file of Keras"), "\(run.errors)")
      #expect(run.errors.contains("convert it first: nnconvert from-keras FILE -o model.nnm"), "\(run.errors)")
    }
  }

  @Test func weightsAloneNeedTheirArchitecture() throws {
    let session = try session(
      "\(Self.cases)/weights_perceptron.weights.h5", "\(Self.cases)/weights_perceptron.json")
    let alone = try session.run("nnconvert", "from-keras", "weights_perceptron.weights.h5", "-o", "m.nnm")
    #expect(alone.code == 64)
    #expect(
      alone.errors == """
        weights_perceptron.weights.h5: the file holds weights and no architecture; pass --architecture FILE with the output of \
        model.to_json(), or --map FILE with a model of ours

        """)
    let whole = try session.run(
      "nnconvert", "from-keras", "weights_perceptron.weights.h5", "--architecture", "weights_perceptron.json", "-o",
      "m.nnm")
    #expect(whole.code == 0, "\(whole.errors)")
  }

  @Test func weightsArePutOntoAnArchitectureOfOurs() throws {
    let session = try session(
      "\(Self.cases)/map_own_code.keras", "\(Self.cases)/map_own_code.graph.json", "\(Self.cases)/map_steps.graph.json")
    let conversion = try session.run(
      "nnconvert", "from-keras", "map_own_code.keras", "--map", "map_own_code.graph.json", "-o", "m.nnm")
    #expect(conversion.code == 0, "\(conversion.errors)")
    #expect(conversion.output.contains("axes permuted [0, 1, 3, 2]"), "\(conversion.output)")
    #expect(try session.run("nninfo", "m.nnm").output.contains("map_own_code.graph.json"))
    // The model takes other weights as its graph did.
    let again = try session.run("nnconvert", "from-keras", "map_own_code.keras", "--map", "m.nnm", "-o", "n.nnm")
    #expect(
      again.output.split(separator: ",").last
        == conversion.output.replacing("m.nnm", with: "n.nnm").split(separator: ",").last)

    let unfit = try session.run(
      "nnconvert", "from-keras", "map_own_code.keras", "--map", "map_steps.graph.json", "-o", "o.nnm", "--json")
    #expect(unfit.code == 65)
    let document = try #require(try JSONReader.value(unfit.output).object)
    #expect(document["document"] == "nnconvert-unfit")
    #expect(document["unfit"]?.array?.first?.object?["name"] == "memory")
    #expect(try session.run("nninfo", "o.nnm").code == 66)

    let both = try session.run(
      "nnconvert", "from-keras", "map_own_code.keras", "--map", "m.nnm", "--architecture", "a.json", "-o", "o.nnm")
    #expect(both.code == 64)
    #expect(
      both.errors
        == "nnconvert: --architecture makes no sense here: --map says what is computed, whatever layers the file was written for\n"
    )
  }

  @Test func whatIsNotSupportedIsListedAndNothingIsWritten() throws {
    let session = try session("\(Self.malformed)/lambda.keras")
    let run = try session.run("nnconvert", "from-keras", "lambda.keras", "-o", "m.nnm", "--json")
    #expect(run.code == 69)
    let document = try #require(try JSONReader.value(run.output).object)
    #expect(document["document"] == "nnconvert-unsupported")
    let items = try #require(document["unsupported"]?.array)
    #expect(items.first?.object?["class"] == "Lambda")
    #expect(try session.run("nninfo", "m.nnm").code == 66)
  }

  /// Also what stands behind something that is not supported.
  @Test func allThatIsNotSupportedIsListedAtOnce() throws {
    let session = try session("\(fixtures)/keras/cases/lambda_layer_h5.h5")
    let run = try session.run("nnconvert", "from-keras", "lambda_layer_h5.h5", "-o", "m.nnm")
    #expect(run.code == 69)
    #expect(
      run.errors.hasPrefix("lambda_layer_h5.h5: 2 layers are not supported: 'to_units' (Lambda)"), "\(run.errors)")
    #expect(run.errors.contains("; 'embeddings' (Lambda)"), "\(run.errors)")
  }

  @Test func aKindStandsInForAClassOfAUsers() throws {
    let session = try session("\(Self.malformed)/custom.h5")
    #expect(try session.run("nnconvert", "from-keras", "custom.h5", "-o", "m.nnm").code == 69)
    let mapped = try session.run("nnconvert", "from-keras", "custom.h5", "--custom", "Swirl=dense", "-o", "m.nnm")
    #expect(mapped.code == 0, "\(mapped.errors)")
    #expect(
      mapped.output.contains(
        "warning: 'dense' stands in for the layer 'first', whose settings 'activation' it does not have"),
      "\(mapped.output)")
  }

  @Test func settingsStandBehindAKind() throws {
    let session = try session("\(Self.malformed)/lambda.keras")
    func run(_ custom: String) throws -> (code: Int32, output: String, errors: String) {
      let run = try session.run("nnconvert", "from-keras", "lambda.keras", "--custom", custom, "-o", "m.nnm", "--force")
      return (run.code, run.output, run.errors)
    }
    let unknown = try run("Lambda=rescaling,skale=2")
    #expect(unknown.code == 65)
    #expect(unknown.errors.contains("field 'skale'") && unknown.errors.contains("'scale'"), "\(unknown.errors)")
    let incomplete = try run("Lambda=rescaling,scale")
    #expect(incomplete.code == 64)
    #expect(incomplete.errors.hasPrefix("--custom: 'Lambda=rescaling,scale'"), "\(incomplete.errors)")
    let twice = try run("first=rescaling,scale=2,scale=3")
    #expect(twice.code == 64, "\(twice.errors)")
    // The layer is found by its name; with as many elements as come in, its output does not fit the layer behind it.
    let found = try run("first=rescaling,scale=2,offset=1")
    #expect(found.code == 65 && found.errors.contains("node 'sum'"), "\(found.errors)")
  }

  @Test func aKindThatThereIsNotIsRefused() throws {
    let session = try session("\(Self.malformed)/lambda.keras")
    let run = try session.run("nnconvert", "from-keras", "lambda.keras", "--custom", "Lambda=lienar", "-o", "m.nnm")
    #expect(run.code == 69)
    #expect(run.errors.hasPrefix("--custom: "), "\(run.errors)")
    #expect(run.errors.contains("'linear'"), "\(run.errors)")
  }

  @Test func weightsThatAreNoNumbersAreWarnedOf() throws {
    let session = try session("\(Self.malformed)/nan.keras")
    let run = try session.run("nnconvert", "from-keras", "nan.keras", "-o", "m.nnm")
    #expect(run.code == 0, "\(run.errors)")
    #expect(
      run.output.contains("warning: the layer 'first' has a value in '/layers/dense/vars/0' that is NaN or infinite"),
      "\(run.output)")
  }
}
