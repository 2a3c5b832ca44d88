import NNFormat

/// A layer that computes nothing: its only output is its only input's bytes, under the same or another shape.
public protocol ViewLayer: Layer {}

extension ViewLayer {
  /// The output is the input.
  public static var aliasing: Aliasing { .view }

  /// Copies the bytes where a plan gave the output memory of its own, and does nothing where it did not.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    let source = values.address(of: x)
    let target = values.mutableAddress(of: values.outputs[0])
    guard source != UnsafeRawPointer(target) else { return }
    target.copyMemory(from: source, byteCount: x.shape.count * x.dataType.byteSize)
  }
}
