import type { RunContext } from '../context.js';
import { RouteProfileError } from '../errors.js';
import { rowOf } from '../matrix.js';
import type { ProfileSet } from '../profile.js';
import { isScoringRouter, type Router, type RouterArtifact, type RouterInput, type RouterStrategy } from '../router.js';
import type { QueryBatch } from '../training.js';
import { damagesOf } from './damage.js';
import { largestDifference, rankingProblems, throughJson, TOLERANCE } from './decisions.js';
import { fingerprint } from './fingerprint.js';
import { beforeLastModel } from './joining.js';
import { rejectionOf } from './rejection.js';
import type { TestRunner } from './runner.js';
import type { SyntheticOptions } from './synthetic.js';

/** The suite's means to fit a router and to ask it. */
interface Means {
  fit: (input: RouterInput) => Promise<Router>;
  problem: (options?: SyntheticOptions) => { input: RouterInput; all: number[]; part: (rows: number[]) => QueryBatch };
  context: () => RunContext;
}

/** A strategy whose routers take models in. */
export type Joinable<O> = RouterStrategy<O> & Required<Pick<RouterStrategy<O>, 'extend'>>;

export const isJoinable = <O>(strategy: RouterStrategy<O>): strategy is Joinable<O> => strategy.extend !== undefined;

/** What routers that models join are fitted on, whatever they need. */
const WITH_OUTCOMES: [string, SyntheticOptions][] = [
  ['fitted on outcomes', {}],
  ['fitted on outcomes of which some are missing', { missing: 0.3 }],
];

/** What every router passes that models can join: `extend`. */
export function describeJoining<O>(
  { it, expect }: Pick<TestRunner, 'it' | 'expect'>,
  strategy: Joinable<O>,
  { fit, problem, context }: Means,
): void {
  const setUp = async (options?: SyntheticOptions) => {
    const { input, all, part } = problem(options);
    const before = beforeLastModel(input);
    const router = await fit(before);
    const joining = { profiles: input.profiles, cards: input.cards.slice(-1) };
    return { input, before, router, artifact: await router.save(), joining, queries: part(all) };
  };
  const problems: [string, SyntheticOptions][] = strategy.needs.includes('outcomes')
    ? WITH_OUTCOMES
    : [...WITH_OUTCOMES, ['fitted on pairs', { pairsOnly: true }]];

  for (const [how, options] of problems)
    it(`takes a model in, ${how}: the scores of its own models stay, and so does what is saved`, async () => {
      const { input, before, router, artifact, joining, queries } = await setUp(options);
      const untouched = fingerprint(artifact);
      const extended = await strategy.extend(artifact, joining, context());
      expect(fingerprint(artifact) === untouched).toBe(true);
      expect([...extended.models]).toEqual([...input.models]);
      const decisions = await extended.decide(queries);
      expect(rankingProblems(decisions, input.models)).toEqual([]);
      if (isScoringRouter(router) && isScoringRouter(extended)) {
        const [own, all] = [await router.score(queries), await extended.score(queries)];
        expect([all.rows, all.cols]).toEqual([queries.texts.length, input.models.length]);
        for (let q = 0; q < own.rows; q++) expect([...rowOf(all, q).slice(0, own.cols)]).toEqual([...rowOf(own, q)]);
      }
      const loaded = await strategy.load(throughJson(await extended.save()), context());
      expect([...loaded.models]).toEqual([...input.models]);
      expect(largestDifference(decisions, await loaded.decide(queries))).toBeLessThan(TOLERANCE);
      expect(before.models.length).toBe(input.models.length - 1);
    });

  it('takes a model in that no card describes', async () => {
    const { input, artifact, joining, queries } = await setUp();
    const extended = await strategy.extend(artifact, { ...joining, cards: [] }, context());
    expect(rankingProblems(await extended.decide(queries), input.models)).toEqual([]);
  });

  it('takes models in one after the other', async () => {
    const { input, before, joining, queries } = await setUp();
    const first = await (await fit(beforeLastModel(before))).save();
    const middle = await strategy.extend(
      first,
      { profiles: before.profiles, cards: before.cards.slice(-1) },
      context(),
    );
    const last = await strategy.extend(throughJson(await middle.save()), joining, context());
    expect([...last.models]).toEqual([...input.models]);
    expect(rankingProblems(await last.decide(queries), input.models)).toEqual([]);
    if (!isScoringRouter(middle) || !isScoringRouter(last)) return;
    const [own, all] = [await middle.score(queries), await last.score(queries)];
    for (let q = 0; q < own.rows; q++) expect([...rowOf(all, q).slice(0, own.cols)]).toEqual([...rowOf(own, q)]);
  });

  it('refuses an artifact with an array missing, cut or of another shape, before and after a model joins', async () => {
    const { artifact, joining } = await setUp();
    const extended = await (await strategy.extend(artifact, joining, context())).save();
    const accepted: string[] = [];
    const check = async (what: string, outcome: Promise<unknown>) => {
      const error = await rejectionOf(outcome);
      if (!RouteProfileError.isInstance(error) || error.code !== 'CORRUPT_FILE')
        accepted.push(`${what}: ${error instanceof Error ? error.message : 'accepted'}`);
    };
    for (const { what, weights } of damagesOf(artifact.weights))
      await check(`extend, ${what}`, strategy.extend({ ...artifact, weights }, joining, context()));
    for (const { what, weights } of damagesOf(extended.weights))
      await check(`load, ${what}`, strategy.load({ ...extended, weights }, context()));
    expect(accepted).toEqual([]);
  });

  it('refuses profiles with nobody new, profiles without its own models, and an artifact of another strategy', async () => {
    const { before, artifact, joining } = await setUp();
    const codeOf = async (of: RouterArtifact, profiles: ProfileSet) => {
      const error = await rejectionOf(strategy.extend(of, { ...joining, profiles }, context()));
      return RouteProfileError.isInstance(error) ? error.code : error;
    };
    const { manifest, weights } = artifact;
    const strangers = {
      ...joining.profiles,
      models: joining.profiles.models.map((model, m) => (m === 0 ? '?' : model)),
    };
    expect([
      await codeOf(artifact, before.profiles),
      await codeOf(artifact, strangers),
      await codeOf({ manifest: { ...manifest, strategy: 'something else' }, weights }, joining.profiles),
    ]).toEqual(['BAD_INPUT', 'UNKNOWN_NAME', 'CORRUPT_FILE']);
  });
}
