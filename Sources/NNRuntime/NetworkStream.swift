public import NNFormat
import NNLayers

extension Network {
  /// Computes a network of one input and one output batch after batch, and hands on each result before the next batch is taken:
  /// memory is that of one batch, however many there are.
  ///
  ///     try network.stream(samples.batches(of: 256)) { scores in try file.append(scores) }
  ///
  /// Each batch is a call of its own. Networks whose samples do not depend on one another give the bits of one call with all
  /// (``isSampleWise``); a last batch with fewer samples needs a second plan and no more.
  ///
  /// - Parameters:
  ///   - batches: what the input takes, one after another.
  ///   - use: takes each result, in order.
  /// - Throws: ``RuntimeProblem`` if a batch does not fit; what `use` throws. Nothing is taken after that.
  public func stream(
    _ batches: some Sequence<Tensor>, _ use: (Tensor) throws -> Void
  ) throws {
    for batch in batches { try use(try self(batch)) }
  }

  /// The same for networks of several inputs or outputs.
  ///
  /// - Throws: ``RuntimeProblem`` if a batch does not fit; what `use` throws. Nothing is taken after that.
  public func stream(
    _ batches: some Sequence<[String: Tensor]>, _ use: ([String: Tensor]) throws -> Void
  ) throws {
    for batch in batches { try use(try self(batch)) }
  }

  /// The results of a network of one input and one output for batches that come one after another.
  ///
  ///     for try await scores in network.stream(requests) { ... }
  ///
  /// A batch is taken when a result is asked for, and not before, so that a slow reader slows the source and nothing piles up.
  /// The computation runs outside of actors, on the threads that ``NetworkOptions/threads`` allows. A task that is cancelled gets
  /// `CancellationError` instead of the next result. After an error the sequence is over.
  ///
  /// - Parameter batches: what the input takes.
  public func stream<Batches: AsyncSequence>(
    _ batches: Batches
  ) -> NetworkStream<Batches, Tensor> where Batches.Element == Tensor {
    NetworkStream(batches) { batch throws(ModelError) in try self(batch) }
  }

  /// The same for networks of several inputs or outputs.
  public func stream<Batches: AsyncSequence>(
    _ batches: Batches
  ) -> NetworkStream<Batches, [String: Tensor]> where Batches.Element == [String: Tensor] {
    NetworkStream(batches) { batch throws(ModelError) in try self(batch) }
  }

  /// Whether each sample of a batch is known to be computed from itself alone, so that a batch may be cut into smaller ones without
  /// a change of a bit.
  ///
  /// Samples are the rows along the first dimension of all inputs and outputs, whose extent must be open under one name. False
  /// also for layers of which it is not known. With a seed, random numbers depend on a sample's place in its batch.
  public var isSampleWise: Bool { checked.isSampleWise }
}

/// The results of a network for an asynchronous sequence of batches; see ``Network``'s `stream`.
public struct NetworkStream<Batches: AsyncSequence, Result>: AsyncSequence {
  /// What it gives.
  public typealias Element = Result

  private let batches: Batches
  private let compute: @Sendable (Batches.Element) throws(ModelError) -> Result

  init(_ batches: Batches, _ compute: @escaping @Sendable (Batches.Element) throws(ModelError) -> Result) {
    self.batches = batches
    self.compute = compute
  }

  /// Takes batch after batch.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private var batches: Batches.AsyncIterator?
    private let compute: @Sendable (Batches.Element) throws(ModelError) -> Result

    init(
      _ batches: Batches.AsyncIterator, _ compute: @escaping @Sendable (Batches.Element) throws(ModelError) -> Result
    ) {
      self.batches = batches
      self.compute = compute
    }

    /// The result for the next batch; nil when there is none, or after an error.
    ///
    /// - Throws: `CancellationError` if the task is cancelled, ``RuntimeProblem`` if a batch does not fit, and what the source
    ///   throws.
    public mutating func next() async throws -> Result? {
      guard var source = batches else { return nil }
      batches = nil
      try Task.checkCancellation()
      let next = try await source.next()
      // Many sources end when their task is cancelled, which must not look like the end of the data.
      try Task.checkCancellation()
      guard let batch = next else { return nil }
      let result = try compute(batch)
      batches = source
      return result
    }
  }

  /// Begins to take batches.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(batches.makeAsyncIterator(), compute) }
}

extension NetworkStream: Sendable where Batches: Sendable {}
