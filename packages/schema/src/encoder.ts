import type { RunContext } from './context.js';
import type { Matrix } from './matrix.js';

/** Text → vectors. Same text, same vector, whatever else is in the batch (within 1e-6). */
export interface Encoder {
  specVersion: 1;
  /**
   * Names model, version and every option that changes a vector: it is the cache key, and saved files name the encoder by it.
   * For a plugin it is the package name, with an argument `package:argument`: so a saved router finds its encoder again.
   * Never a secret.
   */
  id: string;
  /** Length of every vector. */
  dimensions: number;
  /**
   * Shape [texts × dimensions]: one finite row per text, in order. An empty text has a vector too. Who asked reads the matrix, and writes
   * to a copy of it: an encoder that remembers may give the same numbers to others.
   * @throws RouteProfileError ENCODER_FAILED, NETWORK, ABORTED.
   */
  encode(texts: readonly string[], ctx?: RunContext): Promise<Matrix>;
  /**
   * The share of each text's characters, 0 to 1, in words that the encoder has no piece for: what it cannot read the meaning of.
   * Much cheaper than encoding. Absent when the encoder cannot tell.
   * @throws RouteProfileError ENCODER_FAILED, ABORTED.
   */
  unseen?(texts: readonly string[], ctx?: RunContext): Promise<Float64Array>;
  /** Frees workers and memory; the encoder is of no use afterwards. */
  dispose?(): Promise<void>;
}
