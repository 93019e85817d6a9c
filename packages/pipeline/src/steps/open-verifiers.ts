import { builtInGraders } from '@routeprofile/collect';
import {
  parseNamedReference,
  parseOptions,
  RouteProfileError,
  type Grader,
  type Logger,
  type RunContext,
} from '@routeprofile/schema';
import { resolveGrader } from '../plugins/plugins.js';
import { byPerson } from '../plugins/trust.js';

/** A grader that is to check a share of answers while they are served. */
export interface VerifierReference {
  /** A grader and its options, such as `json-schema:file=answer.schema.json`. */
  grader: string;
  /** Share of answers that it checks, from 0 to 1. */
  share: number;
  /** Names its feedback. Default: the grader's name. */
  name?: string | undefined;
}

/** An answer as a gateway shows it to whoever checks it. */
export interface ServedAnswer {
  query: string;
  text: string;
  truncated: boolean;
  record: { id: string; served: string | null };
}

/** Checks answers while they are served; a gateway takes it as one of its `verifiers`. */
export interface GraderVerifier {
  name: string;
  share: number;
  verify(
    answer: ServedAnswer,
    ctx: { signal: AbortSignal; spent: (dollars: number) => void },
  ): Promise<{ score: number; comment?: string } | null>;
}

/** Built-in graders that compare with right answers, which nobody knows while serving; and those that compare with nothing. */
const COMPARING: ReadonlySet<string> = new Set(['metric', 'code']);
const SERVING = ['json-schema', 'regex'];

const refused = (grader: string, why: string) =>
  new RouteProfileError('BAD_OPTION', `${grader} cannot check answers while they are served: ${why}`, {
    hint: `Graders that can: ${SERVING.join(', ')}, and those of plugins that need no right answer.`,
  });

/**
 * Graders as a gateway's verifiers: built in, or of plugins, which run code.
 * @param options `folder`: what relative paths in options are relative to
 * @throws RouteProfileError UNKNOWN_NAME; BAD_OPTION for options that do not fit, and for graders that need a right answer or ask a model
 */
export const openVerifiers = (
  references: readonly VerifierReference[],
  { folder, logger }: { folder: string; logger?: Logger },
): Promise<GraderVerifier[]> =>
  Promise.all(
    references.map(async ({ grader: reference, share, name }): Promise<GraderVerifier> => {
      const parsed = parseNamedReference(reference);
      const grader = await openGrader(parsed, folder);
      return {
        name: name ?? parsed.name,
        share,
        async verify({ query, text, truncated, record }, { signal, spent }) {
          // An answer of calls alone has no text to grade.
          if (text.trim() === '' || record.served === null) return null;
          const ctx: RunContext = { seed: 0, signal, ...(logger && { logger }) };
          const answer = { model: record.served, text: text.trim(), truncated };
          const { score, reason, cost } = await grader.grade({ id: record.id, query }, answer, ctx);
          if (cost !== undefined) spent(cost);
          return score === null ? null : { score, ...(reason !== undefined && { comment: reason }) };
        },
      };
    }),
  );

async function openGrader({ name, options }: ReturnType<typeof parseNamedReference>, folder: string): Promise<Grader> {
  if (COMPARING.has(name)) throw refused(name, 'it compares them with right answers');
  const plugin = builtInGraders.find((known) => known.name === name) ?? (await resolveGrader(byPerson(name), folder));
  const chat = (id: string) => {
    throw refused(name, `it asks the model ${id}`);
  };
  const grader = await plugin.create(parseOptions(plugin, options), { folder, chat });
  if (grader.asks !== undefined) throw refused(name, `it asks the model ${grader.asks.model}`);
  if (grader.gradeAll !== undefined) throw refused(name, 'it compares several answers with each other');
  return grader;
}
