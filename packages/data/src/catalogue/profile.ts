import {
  latencySchema,
  nameSchema,
  pricePerMillionSchema,
  z,
  type Candidate,
  type ModelCard,
  type ModelCardFile,
} from '@routeprofile/schema';
import { candidateOf, modelCard } from '../dataset/cards.js';
import { cardsSchema, FieldLog } from '../dataset/fields.js';
import { plural } from '../dataset/text.js';
import { parseWith } from '../disk/json.js';
import { describeValue } from '../disk/problems.js';
import { PER_TOKEN, shifted } from './price.js';

/** A model as somebody describes it in a file of its own. */
export interface ModelProfile {
  candidate: Candidate;
  card: ModelCard;
  /** The card as files hold it, with the fields that nothing here reads. */
  file: ModelCardFile;
  /** Whether a learner may change it: `frozen`, or what may be trained, such as `trainable_embedding`. */
  learning?: 'frozen' | `trainable_${string}`;
  /** What was dropped or guessed, a sentence each. */
  warnings: readonly string[];
}

const UNITS: Readonly<Record<string, number>> = { ms: -3, s: 0 };
const MINUTE = 60;

/** `350ms`, `1.2s` or `2m` → seconds; undefined where nothing is said. */
const durationSchema = z
  .unknown()
  .transform((value, context): number | undefined => {
    if (value === undefined || value === null) return undefined;
    const [, digits, unit] = (typeof value === 'string' && /^(\d+(?:\.\d+)?) ?(ms|s|m)$/.exec(value.trim())) || [];
    if (digits !== undefined && unit !== undefined)
      return unit === 'm' ? Number(digits) * MINUTE : shifted(Number(digits), UNITS[unit]!);
    const shown = typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value) : describeValue(value);
    context.addIssue({
      code: 'custom',
      message: `is ${shown.slice(0, 40)}, expected a duration with a unit, such as 350ms, 1.2s or 2m`,
    });
    return z.NEVER;
  })
  .pipe(latencySchema.optional());

const SPEED = 'avg_tokens_per_sec';
/** Metrics of which less is better: their means with others would say nothing. */
const LESS_IS_BETTER = /(?:^|_)(?:error|errors|hallucination|toxicity|wer|cer|loss|perplexity)(?:_|$)/i;

const metricsSchema = z.record(nameSchema, z.number()).superRefine((metrics, context) => {
  for (const [name, value] of Object.entries(metrics)) {
    if (name === SPEED ? value >= 1e-9 && value <= 1e9 : value >= 0 && value <= 1) continue;
    const expected =
      name === SPEED
        ? 'expected tokens per second, above 0'
        : `expected a share of one, from 0 to 1${value > 1 && value <= 100 ? ` (for ${value} % write ${shifted(value, -2)})` : ''}`;
    context.addIssue({ code: 'custom', path: [name], message: `is ${value}, ${expected}` });
  }
});

const profileSchema = z.looseObject({
  model_id: nameSchema,
  capabilities: z
    .looseObject({
      task_types: z
        .array(
          z.record(
            nameSchema,
            z.looseObject({
              granularity: z.string().nullish(),
              metrics: metricsSchema.nullish(),
              domain_suitability: z.unknown().optional(),
            }),
          ),
        )
        .nullish(),
    })
    .nullish(),
  latency_profile: z
    .looseObject({ p50: durationSchema.optional(), p90: durationSchema.optional() })
    .refine(({ p50, p90 }) => (p50 ?? 0) <= (p90 ?? Infinity), {
      error: 'p50 is longer than p90, expected at most as long',
    })
    .nullish(),
  /** Dollars. */
  cost_per_token: z
    .number()
    .transform((dollars) => shifted(dollars, PER_TOKEN))
    .pipe(pricePerMillionSchema)
    .nullish(),
  learning_config: z
    .string()
    .regex(/^(?:frozen|trainable_\w+)$/, { error: 'expected frozen, or trainable_ and what may be trained' })
    .nullish(),
});
type StatedProfile = z.infer<typeof profileSchema>;

interface StatedTasks {
  /** 0 to 100. */
  scores: Record<string, number>;
  /** Tokens per second, one per task that says it. */
  speeds: number[];
  warnings: string[];
  twice: string[];
}

/** Task scores: the mean of the task's metrics × 100. */
function tasksOf(profile: StatedProfile): StatedTasks {
  const out: StatedTasks = { scores: {}, speeds: [], warnings: [], twice: [] };
  const seen = new Set<string>();
  for (const entry of profile.capabilities?.task_types ?? [])
    for (const [task, { metrics }] of Object.entries(entry)) {
      if (seen.has(task)) out.twice.push(task);
      seen.add(task);
      const stated = Object.entries(metrics ?? {});
      out.speeds.push(...stated.filter(([name]) => name === SPEED).map(([, value]) => value));
      const quality = stated.filter(([name]) => name !== SPEED);
      const used = quality.filter(([name]) => !LESS_IS_BETTER.test(name));
      const unused = quality.filter(([name]) => LESS_IS_BETTER.test(name)).map(([name]) => name);
      if (unused.length > 0)
        out.warnings.push(`${task}: less is better of ${unused.join(', ')}: not part of the task's score.`);
      if (used.length === 0) continue;
      if (used.length > 1)
        out.warnings.push(`${task}: its score is the mean of ${used.map(([name]) => name).join(', ')}.`);
      out.scores[task] = shifted(used.reduce((sum, [, value]) => sum + value, 0) / used.length, 2);
    }
  return out;
}

/** Seconds per token: the mean over the tasks, each `1 / avg_tokens_per_sec`. */
const secondsPerToken = (speeds: readonly number[]): number | undefined =>
  speeds.length === 0 ? undefined : speeds.reduce((sum, speed) => sum + 1 / speed, 0) / speeds.length;

/**
 * A declarative profile, from its value: `model_id`, `capabilities.task_types` with metrics from 0 to 1, `latency_profile` as durations
 * with units, `cost_per_token` in dollars, `learning_config`. A field of a card (`feature` or `description`, `context_tokens`,
 * `input_price`, …) counts as in `models.json`; any other is kept in `file`.
 * @param label how messages name it, such as its path
 * @throws RouteProfileError BAD_INPUT that lists every problem
 */
export function parseModelProfile(value: unknown, label: string): ModelProfile {
  const profile = parseWith(checkedProfile, value, label);
  const { model_id: id, latency_profile: latency, cost_per_token: cost, ...fields } = profile;
  const { scores, speeds, warnings } = tasksOf(profile);
  const perOutputToken = secondsPerToken(speeds);
  const timed = {
    ...(perOutputToken !== undefined && { per_output_token: perOutputToken }),
    ...(latency?.p50 !== undefined && { total: latency.p50 }),
    ...(latency?.p90 !== undefined && { p90: latency.p90 }),
  };
  const spread = new Set(speeds).size > 1;
  const card = parseWith(cardsSchema(new FieldLog()), { [id]: fields }, label)[id]!;
  const priced = typeof cost === 'number' && typeof (card.input_price ?? card.output_price) !== 'number';
  const file: ModelCardFile = {
    ...card,
    detailed_scores: { ...card.detailed_scores, ...scores },
    ...(Object.keys(timed).length > 0 && { latency: { ...card.latency, ...timed } }),
    ...(priced && { input_price: cost, output_price: cost }),
  };
  const { learning_config: learning } = profile;
  return {
    candidate: candidateOf(id, [file]),
    card: modelCard(id, file, false),
    file,
    ...(typeof learning === 'string' && { learning: learning as 'frozen' | `trainable_${string}` }),
    warnings: [
      ...warnings,
      ...(spread ? [`The seconds per token are the mean over ${plural(speeds.length, 'task')} that differ.`] : []),
      ...(priced
        ? [
            `cost_per_token does not say what input and output cost: both count as $${cost} per million tokens. Say input_price and output_price to tell them apart.`,
          ]
        : []),
    ].map((warning) => `${label}: ${warning}`),
  };
}

const checkedProfile: z.ZodType<StatedProfile> = profileSchema.superRefine((profile, context) => {
  for (const task of tasksOf(profile).twice)
    context.addIssue({
      code: 'custom',
      path: ['capabilities', 'task_types'],
      message: `the task ${JSON.stringify(task)} occurs twice, expected once`,
    });
});
