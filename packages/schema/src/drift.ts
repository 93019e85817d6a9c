/** A change in a stream of numbers that chance does not explain. */
export interface DriftFlag {
  /** Names what was watched, such as `reward:small`. */
  stream: string;
  /** Position in the stream at which the change began, as far as can be told: numbers before it look like one another, and so do those after. */
  since: number;
  /** Mean before the change. */
  before: number;
  /** Mean since. */
  after: number;
  /** Chance at which the detector accepts a false alarm. */
  delta: number;
}
