// Tensors and shapes go in and out of every call: whoever imports NNRuntime has them, too.
@_exported public import NNFormat
