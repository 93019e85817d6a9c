/**
 * Where the published scorers and the repaired ones part. Every flag is one edge case: with all of them at
 * `METRIC_RULES.published` a score is what the published data holds, at `METRIC_RULES.repaired` what it should have been.
 */
export interface MetricRules {
  /** `em_mc`: false = only a letter in parentheses is an answer; true = a bare `B.` or `the answer is B` is one too. */
  bareLetters: boolean;
  /**
   * `em`, `cem`: a ground truth that normalises to nothing (`The`, `?`). True = `cem` gives 1 to any response and `em` to
   * any that normalises to nothing too; false = such a truth is compared as it is written, letter case aside.
   */
  emptyTruthMatches: boolean;
  /** `gsm8k`: false = decimal points are deleted, so 3.5 equals 35; true = numbers are compared by value. */
  decimalPoints: boolean;
  /** `math`: true = a response that holds the ground truth anywhere is right, so 2 is found in 12; false = the boxed answer counts. */
  truthAnywhere: boolean;
  /** The names `math` and `MATH` on `agentverse-mgsm`: false = `cem`, which the published labels are; true = `math`. */
  mgsmBoxed: boolean;
}

/** `published` reproduces the labels of the published data; `repaired` scores as the metrics should have. */
export type RuleSet = 'published' | 'repaired';

/** The two sets of rules. Functions of single metrics default to `repaired`, `rescoreRows` to `published`. */
export const METRIC_RULES: Readonly<Record<RuleSet, Readonly<MetricRules>>> = {
  published: {
    bareLetters: false,
    emptyTruthMatches: true,
    decimalPoints: false,
    truthAnywhere: true,
    mgsmBoxed: false,
  },
  repaired: {
    bareLetters: true,
    emptyTruthMatches: false,
    decimalPoints: true,
    truthAnywhere: false,
    mgsmBoxed: true,
  },
};
