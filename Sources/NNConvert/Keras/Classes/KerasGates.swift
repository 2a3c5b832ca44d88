import NNFormat

/// The weights of a recurrent cell in the layout of the catalogue.
struct KerasGates {
  /// The parameters of one direction.
  let parameters: [(role: String, tensor: KerasTensor)]

  /// The gates of a class in the order in which Keras 1 stored them; one entry for classes without gates.
  static func stored(_ className: String) -> [String] {
    switch className {
    case "LSTM", "ConvLSTM2D": ["i", "c", "f", "o"]
    case "GRU": ["z", "r", "h"]
    default: [""]
    }
  }

  /// Whether each gate has arrays of its own: those of Keras 1, unless it was to be fast on a GPU.
  static func areApart(_ settings: KerasSettings) -> Bool {
    settings.generation == .one && stored(settings.layer.className).count > 1
      && settings.layer.config["implementation"]?.string != "gpu"
  }

  /// - Parameters:
  ///   - arrays: the arrays of the layer, by name
  ///   - owner: the object whose arrays they are
  init(
    _ settings: KerasSettings, _ arrays: [String: KerasArray], owner: String, backend: String
  ) throws(ModelError) {
    func array(_ name: String) throws(ModelError) -> KerasTensor {
      guard let array = arrays["\(owner)/\(name)"] else {
        throw ModelError(KerasProblem.missingWeight(name, expected: [name], found: arrays.keys.sorted()))
      }
      return KerasTensor(array)
    }
    let className = settings.layer.className
    let gates = KerasGates.stored(className)
    let useBias = try settings.bool("use_bias", default: true)
    var kernel: KerasTensor
    var recurrent: KerasTensor
    var bias: KerasTensor?
    if KerasGates.areApart(settings) {
      // Kept apart then; the order of today is i, f, c, o, and z, r, h.
      let order = gates.contains("f") ? ["i", "f", "c", "o"] : gates
      let isFirst = settings.layer.config["data_format"]?.string == "channels_first"
      func joined(_ letter: String) throws(ModelError) -> KerasTensor {
        var parts: [KerasTensor] = []
        for gate in order {
          let part = try array("\(letter)_\(gate)")
          // [filters, in, rows, columns] where channels come first.
          parts.append(isFirst && part.shape.rank == 4 ? try part.permuted([2, 3, 1, 0]) : part)
        }
        let axis = (parts.first?.shape.rank ?? 1) - 1
        return try KerasTensor(joining: parts, axis: axis, "gates joined in the order \(order.joined(separator: ", "))")
      }
      (kernel, recurrent, bias) = (try joined("W"), try joined("U"), try joined("b"))
    } else {
      kernel = try array("kernel")
      recurrent = try array("recurrent_kernel")
      bias = useBias ? try array("bias") : nil
    }
    if backend == "theano", className.hasPrefix("ConvLSTM") {
      let why = "turned round along the window, since Theano computes true convolutions"
      let spatial = Array(0..<max(kernel.shape.rank - 2, 0))
      kernel = try kernel.reversed(spatial, why)
      recurrent = try recurrent.reversed(spatial, why)
    }
    let gateCount = className.contains("GRU") ? 3 : className.contains("LSTM") ? 4 : 1
    let units = recurrent.shape.rank == 2 ? recurrent.shape[0] : 0
    // Layers of both kinds may hold weights of cuDNN's, which the bias tells: it has two for each gate.
    let isCuDNN =
      className.hasPrefix("CuDNN")
      || units > 0 && bias?.shape.rank == 1 && bias?.shape.count == 2 * gateCount * units && gateCount > 1
    var list: [(role: String, tensor: KerasTensor)] = []
    if isCuDNN, let own = bias {
      list.append(("kernel", try KerasGates.fromCuDNN(kernel, gates: gateCount, isInput: true)))
      list.append(("recurrent_kernel", try KerasGates.fromCuDNN(recurrent, gates: gateCount, isInput: false)))
      let half = gateCount * units
      guard own.shape.count == 2 * half else {
        throw settings.unsupported("a bias of \(own.shape.count) elements where cuDNN has \(2 * half)")
      }
      let first = try own.reshaped([2 * half]).part(0..<half, axis: 0, "the input's share of the biases")
      let second = try own.reshaped([2 * half]).part(half..<2 * half, axis: 0, "the state's share of the biases")
      if gateCount == 4 {
        let others = second.changing.tensor.cast(to: .f32).tensor.elements(as: Float.self)
        let sum = try first.mapped(own.changing.tensor.dataType, "input's and state's share added") {
          Double(Float($1) + others[$0])
        }
        list.append(("biases", sum))
      } else {
        list += [("biases", first), ("recurrent_biases", second)]
      }
    } else {
      list += [("kernel", kernel), ("recurrent_kernel", recurrent)]
      if let own = bias, gateCount == 3, own.shape.rank == 2, own.shape[0] == 2 {
        let width = own.shape[1]
        for (row, role) in ["biases", "recurrent_biases"].enumerated() {
          list.append((role, try own.part(row..<row + 1, axis: 0, "row \(row)").reshaped([width])))
        }
      } else if let own = bias {
        list.append(("biases", own))
      }
    }
    parameters = list
  }

  /// Kernels as cuDNN has them: each gate's is transposed; the input's lies in memory as if it were not.
  ///
  /// Source: `_convert_rnn_weights` in `hdf5_format.py` of Keras 2.
  private static func fromCuDNN(_ kernel: KerasTensor, gates: Int, isInput: Bool) throws(ModelError) -> KerasTensor {
    guard kernel.shape.rank == 2 else {
      throw ModelError(KerasProblem.badConfig(reason: "a kernel of cuDNN's is of the shape \(kernel.shape)"))
    }
    let (rows, width) = (kernel.shape[0], kernel.shape[1] / max(gates, 1))
    guard width * gates == kernel.shape[1] else {
      throw ModelError(KerasProblem.badConfig(reason: "a kernel of cuDNN's has \(kernel.shape[1]) columns"))
    }
    var parts: [KerasTensor] = []
    for gate in 0..<gates {
      let part = try kernel.part(gate * width..<(gate + 1) * width, axis: 1, "gate \(gate)")
      // kernel.T.reshape(kernel.shape, order="F"): both read the elements row by row and fill columns.
      parts.append(try (isInput ? part.reshaped([width, rows]) : part).permuted([1, 0]))
    }
    return try KerasTensor(joining: parts, axis: 1, "gates turned from cuDNN's layout")
  }
}
