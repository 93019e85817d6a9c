import { z } from 'zod';
import { RouteProfileError } from './errors.js';
import { closestFaults, issueText } from './issue-text.js';
import { meantNames } from './misspelt.js';
import { optionInfos, type OptionInfo } from './option-info.js';
import { joinedByColons } from './unknown-name.js';

/** A strategy by name with its options, as the command line and the config file give it. */
export interface StrategyReference {
  name: string;
  options: Record<string, unknown>;
  /** The graph a profile is built on, when it is not the run's. */
  graph?: string;
  /** Wrappers around a router, innermost first. */
  wrappers?: { name: string; options: Record<string, unknown> }[];
}

/** `emb-gnn@task`: a profile on a graph of its own. A scope's @ comes first, a version's is followed by a digit. */
const ON_GRAPH = /^(.+)@([a-z][a-z-]*)$/;

const OPTION_START = /:(?=[A-Za-z][A-Za-z0-9-]*=)/;

function optionValue(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === 'null') return null;
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

const camelCase = (name: string) => name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `knn+cost`: a wrapper's name begins with a letter, which keeps `+` inside numbers and most paths. */
const WRAPPER_START = /\+(?=[a-z][a-z-]*(?::|\+|$))/;

/**
 * Reads `emb-gnn:hops=2:norm=sym`, `emb-gnn@task:hops=2` for a profile on a graph of its own, or `knn:k=20+cost:lambda=2` for a
 * router with wrappers, innermost first. The name may be a package or a file path, colons included: only `:word=` starts an
 * option. Option names in kebab-case become camelCase; numbers, `true`, `false` and `null` get their types.
 * @throws RouteProfileError BAD_OPTION for an empty name or an option given twice.
 */
export function parseStrategyReference(text: string): StrategyReference {
  const [inner = '', ...outer] = text.split(WRAPPER_START);
  const { name, options } = parseNamed(inner, text);
  const [, plain, graph] = ON_GRAPH.exec(name) ?? [];
  return {
    name: plain ?? name,
    options,
    ...(graph !== undefined && { graph }),
    ...(outer.length > 0 && { wrappers: outer.map((part) => parseNamed(part, text)) }),
  };
}

/**
 * Reads `hash:dimensions=64` where neither wrappers nor a graph can follow the name, as with encoders: `+` and `@` belong to it.
 * @throws RouteProfileError BAD_OPTION for an empty name or an option given twice.
 */
export const parseNamedReference = (text: string): Pick<StrategyReference, 'name' | 'options'> =>
  parseNamed(text, text);

/** @param whole what the user wrote, for messages */
function parseNamed(text: string, whole: string): { name: string; options: Record<string, unknown> } {
  const [name = '', ...parts] = text.split(OPTION_START);
  if (name.trim() === '')
    throw new RouteProfileError('BAD_OPTION', `'${whole}' names no strategy`, {
      hint: 'Write NAME or NAME:option=value.',
    });
  const options: Record<string, unknown> = {};
  for (const part of parts) {
    const equals = part.indexOf('=');
    const key = camelCase(part.slice(0, equals));
    if (Object.hasOwn(options, key) || key === 'constructor')
      throw new RouteProfileError(
        'BAD_OPTION',
        `'${whole}': option ${key} cannot be given ${key === 'constructor' ? '' : 'twice'}`.trimEnd(),
        { hint: key === 'constructor' ? 'Omit it.' : 'Give each option once.' },
      );
    options[key] = optionValue(part.slice(equals + 1));
  }
  return { name: name.trim(), options };
}

/**
 * A list such as `index,flat,emb-gnn:hops=2`.
 * @throws RouteProfileError BAD_OPTION as `parseStrategyReference`, and for an option behind a comma, where a name has to be.
 */
export function parseStrategyList(text: string): StrategyReference[] {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  for (const [i, part] of parts.entries()) {
    const joined = i > 0 ? joinedByColons(`${parts[i - 1]!.trim()},${part}`) : undefined;
    if (joined !== undefined)
      throw new RouteProfileError('BAD_OPTION', `'${part.trim()}' is an option, not a name`, { hint: joined });
  }
  return parts.map(parseStrategyReference);
}

/** The short form again: `name:key=value…`, keys sorted, so that equal references give equal texts. */
export function formatStrategyReference({ name, options, graph, wrappers = [] }: StrategyReference): string {
  const inner = formatNamed({ name: graph === undefined ? name : `${name}@${graph}`, options });
  return [inner, ...wrappers.map(formatNamed)].join('+');
}

function formatNamed({ name, options }: Pick<StrategyReference, 'name' | 'options'>): string {
  const value = (x: unknown) =>
    typeof x === 'string' || typeof x === 'number' || typeof x === 'boolean' ? String(x) : JSON.stringify(x);
  return [
    name,
    ...Object.keys(options)
      .sort()
      .map((key) => `${key}=${value(options[key])}`),
  ].join(':');
}

/**
 * Options validated and completed by a strategy's own schema.
 * @throws RouteProfileError BAD_OPTION naming the strategy and every wrong option; its hint names the option that was meant by
 * a misspelt one, and lists the options that matter: all there are for an unknown one, else what those accept that the message is about;
 * of a part where `partOptions` made the schema of the part.
 */
export function parseOptions<O>(strategy: { name: string; options: z.ZodType<O> }, raw: unknown): O {
  const parsed = strategy.options.safeParse(raw ?? {});
  if (parsed.success) return parsed.data;
  throw new RouteProfileError('BAD_OPTION', `${strategy.name}: ${parsed.error.issues.map(issueText).join('; ')}`, {
    hint: hintOf(strategy, parsed.error.issues, raw),
    details: parsed.error.issues.map((issue) => `${strategy.name}: ${issueText(issue)}`),
  });
}

/**
 * The schema of a part's options within those of a whole, such as a wrapper's within those of the wrapped router. What is wrong in
 * it is reported with the part's own names, see `parseOptions`.
 * @param fallback what the part is given where the whole says nothing of it
 */
export const partOptions = <O extends Record<string, unknown>>(
  part: { name: string; options: z.ZodType<O> },
  fallback: Record<string, unknown> = {},
): z.ZodType<O> =>
  z
    .record(z.string(), z.unknown())
    .prefault(fallback)
    .transform((given, ctx): O => {
      const parsed = part.options.safeParse(given);
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) {
        const params: PartMark = markOf(issue) ?? { part: part.name, said: saidOf(part, issue, given) };
        for (const { path, message } of closestFaults(issue))
          ctx.addIssue({ code: 'custom', message, path: [...path], params });
      }
      return z.NEVER;
    });

/** Whose options an issue is about, where `partOptions` says so, and what there is to say of them. */
const partMark = z.object({ part: z.string(), said: z.array(z.string()) });
type PartMark = z.infer<typeof partMark>;

const markOf = (issue: z.core.$ZodIssue): PartMark | undefined =>
  issue.code === 'custom' ? partMark.safeParse(issue.params).data : undefined;

/** What can be done about options that a whole, or parts of it, refuse; each thing once. */
function hintOf(
  whole: { name: string; options: z.ZodType },
  issues: readonly z.core.$ZodIssue[],
  given: unknown,
): string {
  const marks = issues.map((issue) => markOf(issue) ?? { part: whole.name, said: saidOf(whole, issue, given) });
  return [...new Set(marks.flatMap(({ said }) => said))].join(' ');
}

/** What there is to say of the options of a part that an issue is about. */
function saidOf(
  { name, options }: { name: string; options: z.ZodType },
  issue: z.core.$ZodIssue,
  given: unknown,
): string[] {
  const meant = [...commaHint(issue, given), ...meantNames(options, [issue])];
  const names = options instanceof z.ZodObject ? Object.keys(options.shape) : [];
  const about = names.filter((option) => option === issue.path[0] || mentions(issue.message, option));
  if (about.length === 0) return [...meant, `Options of ${name}: ${names.join(', ') || 'none'}.`];
  const infos = optionInfos(options).filter((info) => about.includes(info.name));
  return [...meant, ...infos.map((info) => `Option ${info.name} of ${name}: ${infoText(info)}.`)];
}

/** Where a value holds the next option too, behind a comma. */
function commaHint({ path: [option] }: z.core.$ZodIssue, given: unknown): string[] {
  const value = Object.entries(given ?? {}).find(([name]) => name === option)?.[1] as unknown;
  const joined = typeof value === 'string' ? joinedByColons(`${String(option)}=${value}`) : undefined;
  return joined === undefined ? [] : [joined];
}

/** A name within a message, not a part of a longer one, and not a word behind an article (`a share of the queries`). */
const mentions = (message: string, name: string): boolean =>
  new RegExp(`(?<![\\w']|\\b(?:the|an?) )${name}(?![\\w'])`).test(message);

const infoText = ({ accepts, default: usual }: OptionInfo): string =>
  usual === undefined ? accepts : `${accepts} (default: ${JSON.stringify(usual)})`;
