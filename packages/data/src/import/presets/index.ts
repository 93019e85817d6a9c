import { RouteProfileError } from '@routeprofile/schema';
import { isFields, parsePath, recordsAt, type Path } from '../paths.js';
import { SAMPLED } from '../readers/table.js';
import { battles } from './battles.js';
import { evalPlus } from './evalplus.js';
import { gateway } from './gateway.js';
import { helicone } from './helicone.js';
import { inspect } from './inspect.js';
import { langfuse } from './langfuse.js';
import { liteLlm } from './litellm.js';
import { llmRouter } from './llmrouter.js';
import { llmRouterBench } from './llmrouterbench.js';
import { lmEval } from './lm-eval.js';
import { openAiBatch } from './openai-batch.js';
import { openAiLogs } from './openai.js';
import { outcomes } from './outcomes.js';
import type { Preset } from './preset.js';
import { promptfoo } from './promptfoo.js';
import { routerArena } from './routerarena.js';
import { routerBench } from './routerbench.js';
import { twinRouterBench } from './twinrouterbench.js';

/** What is recognised by its shape, in the order of the questions: the shape of general logs comes last. */
export const builtInPresets: readonly Preset[] = [
  ...[
    gateway,
    outcomes,
    lmEval,
    promptfoo,
    inspect,
    llmRouterBench,
    routerArena,
    twinRouterBench,
    llmRouter,
    routerBench,
  ],
  ...[helicone, langfuse, liteLlm, evalPlus, battles, openAiLogs, openAiBatch],
];

/** A preset, and where in this file its records are. */
export interface Recognised {
  preset: Preset;
  records: Path;
}

/** Records that are looked at together. */
const LOOKED_AT = 20;

/**
 * Where a preset finds records of its own among a file's first values: at least half of those that are looked at have to be.
 * @param ahead looks from the first of its own on, which may come after others, such as failed calls
 */
function placeOf(preset: Preset, sample: readonly unknown[], path: string, ahead: boolean): Recognised | undefined {
  for (const place of preset.records) {
    const records = parsePath(place)!;
    const found = sample.flatMap((value) => [...firstOf(value, records)].map((record) => ({ value, record })));
    const isOwn = ({ value, record }: (typeof found)[number]): boolean =>
      isFields(record) && preset.recognise(record, { path, outer: records.length > 0 && isFields(value) ? value : {} });
    const from = ahead ? Math.max(0, found.findIndex(isOwn)) : 0;
    const looked = found.slice(from, from + LOOKED_AT);
    const own = looked.filter(isOwn).length;
    if (own > 0 && own * 2 >= looked.length) return { preset, records };
  }
  return undefined;
}

function* firstOf(value: unknown, records: Path): Generator<unknown> {
  let left = SAMPLED;
  for (const record of recordsAt(value, records)) {
    if (left-- === 0) return;
    yield record;
  }
}

/** The first preset that knows a file by its first records, or by later ones where nothing is known by these; undefined when none does. */
export function recognise(
  sample: readonly unknown[],
  path: string,
  presets: readonly Preset[] = builtInPresets,
): Recognised | undefined {
  for (const ahead of [false, true])
    for (const preset of presets) {
      const found = placeOf(preset, sample, path, ahead);
      if (found !== undefined) return found;
    }
  return undefined;
}

/** The preset that was asked for, with the place of its records that fits best. @throws RouteProfileError BAD_OPTION. */
export function presetNamed(name: string, sample: readonly unknown[], path: string): Recognised {
  const preset = builtInPresets.find((one) => one.name === name);
  if (preset === undefined)
    throw new RouteProfileError('BAD_OPTION', `preset: there is none called ${JSON.stringify(name)}`, {
      hint: `Choose one of ${builtInPresets.map((one) => one.name).join(', ')}, or none to read columns.`,
    });
  const place =
    preset.records.find((records) => sample.some((value) => !firstOf(value, parsePath(records)!).next().done)) ??
    preset.records[0]!;
  return recognise(sample, path, [preset]) ?? { preset, records: parsePath(place)! };
}
