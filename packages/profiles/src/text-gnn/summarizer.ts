import type { RunContext } from '@routeprofile/schema';
import type { Neighbourhood } from './neighbours/neighbourhood.js';
import type { NodeTexts } from './node-texts.js';

/** Writes one hop's texts. Made anew for every build, as it may remember what it wrote. */
export interface Summarizer {
  /**
   * One text per neighbourhood, in order.
   * @param texts of all nodes, as they stand after the hop before
   */
  summarize(
    hop: number,
    neighbourhoods: readonly Neighbourhood[],
    texts: NodeTexts,
    ctx: RunContext,
  ): Promise<string[]>;
  /** What the build was made with and what it took, once all hops are done. */
  report(): { notes: string[]; diagnostics: Record<string, number> };
}
