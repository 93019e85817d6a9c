import { estimateMessages } from '@routeprofile/providers';
import { RouteProfileError, type ChatMessage, type HeteroGraph } from '@routeprofile/schema';
import { nodeSet } from '@routeprofile/graph';
import type { Neighbour, Neighbourhood, Section } from '../neighbours/neighbourhood.js';
import { oneLine, type NodeTexts, type SummarisedType } from '../node-texts.js';
import { DEFAULT_TEMPLATES, fillTemplate, type Placeholder } from './templates.js';

export interface PromptOptions {
  names: boolean;
  /** Tokens at most, as estimated. */
  promptTokens: number;
  system?: string;
  templates?: Partial<Record<SummarisedType, string>>;
}

export interface Prompt {
  type: SummarisedType;
  node: number;
  /** `model alpha`, for errors and listings. */
  label: string;
  messages: ChatMessage[];
  /** Estimated. */
  tokens: number;
  /** Whether lines had to be cut or left out to stay within the tokens allowed. */
  shortened: boolean;
}

/** Characters of a neighbour's text, tried from generous to tight until the prompt is short enough. */
const LINE_LENGTHS = [Infinity, 1_200, 700, 450, 300, 180, 120];
/** Characters of the node's own text, tried when neighbours alone cannot make it short enough. */
const OWN_LENGTHS = [2_000, 600, 200];

const NOTHING = '(nothing is known of its surroundings)';
const NOUNS: Record<SummarisedType, string> = { model: 'model', task: 'task', domain: 'domain', family: 'family' };

/**
 * The prompt of one node. When it is too long, first the neighbours' texts are cut, then neighbours left out from the end of
 * the longest section, then the node's own text is cut.
 * @param texts as they stand after the hop before
 * @throws RouteProfileError LIMIT_EXCEEDED naming the node when even that is not enough.
 */
export function promptOf(
  graph: HeteroGraph,
  neighbourhood: Neighbourhood,
  texts: NodeTexts,
  options: PromptOptions,
): Prompt {
  const { type, node } = neighbourhood;
  const label = `${type} ${nodeSet(graph, type)!.names[node]!}`;
  const render = (sections: readonly Section[], lineLength: number, ownLength: number): ChatMessage[] => [
    ...(options.system === undefined ? [] : [{ role: 'system' as const, content: options.system }]),
    {
      role: 'user',
      content: fillTemplate(
        options.templates?.[type] ?? DEFAULT_TEMPLATES[type],
        valuesOf(graph, { ...neighbourhood, sections }, texts, options.names, lineLength, ownLength),
      ),
    },
  ];
  const done = (messages: ChatMessage[], shortened: boolean): Prompt | undefined => {
    const tokens = estimateMessages(messages);
    return tokens <= options.promptTokens ? { type, node, label, messages, tokens, shortened } : undefined;
  };

  let { sections } = neighbourhood;
  for (const length of LINE_LENGTHS) {
    const prompt = done(render(sections, length, Infinity), length !== Infinity);
    if (prompt) return prompt;
  }
  const tightest = LINE_LENGTHS.at(-1)!;
  while (sections.length > 0) {
    sections = withoutLast(sections);
    const prompt = done(render(sections, tightest, Infinity), true);
    if (prompt) return prompt;
  }
  for (const length of OWN_LENGTHS) {
    const prompt = done(render(sections, tightest, length), true);
    if (prompt) return prompt;
  }
  throw new RouteProfileError(
    'LIMIT_EXCEEDED',
    `text-gnn: the prompt of ${label} does not fit in ${options.promptTokens} tokens`,
    { hint: 'Raise promptTokens, or shorten the template.' },
  );
}

function valuesOf(
  graph: HeteroGraph,
  { type, node, sections }: Neighbourhood,
  texts: NodeTexts,
  names: boolean,
  lineLength: number,
  ownLength: number,
): Record<Placeholder, string> {
  const sectionText = ({ heading, neighbours }: Section) =>
    [`${heading}:`, ...neighbours.map((one) => lineOf(graph, one, texts, names, lineLength))].join('\n');
  const of = (kind: Section['kind']) =>
    sections
      .filter((section) => section.kind === kind)
      .map(sectionText)
      .join('\n\n');
  return {
    name: names ? nodeSet(graph, type)!.names[node]! : `this ${NOUNS[type]}`,
    text: cut(texts[type]![node]!.trim(), ownLength),
    context: sections.length === 0 ? NOTHING : sections.map(sectionText).join('\n\n'),
    family: of('family'),
    tasks: of('tasks'),
    domains: of('domains'),
    models: of('models'),
    queries: of('queries'),
  };
}

/** `- name (score 88.67, 2nd of 8): text`. A query's name is a number we gave it, so it has none. */
function lineOf(
  graph: HeteroGraph,
  { type, node, about }: Neighbour,
  texts: NodeTexts,
  names: boolean,
  length: number,
): string {
  const name = names && type !== 'query' ? nodeSet(graph, type)!.names[node]! : undefined;
  const head = [name, about === undefined ? undefined : `(${about})`].filter((part) => part !== undefined).join(' ');
  return `- ${head === '' ? '' : `${head}: `}${cut(oneLine(texts[type]![node]!), length)}`;
}

/** The first `length` characters, back to a blank if one is near. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = text.slice(0, length);
  const blank = head.lastIndexOf(' ');
  return `${head.slice(0, blank > length * 0.8 ? blank : length).trimEnd()} …`;
}

/** The sections with the last neighbour of the longest one left out. */
function withoutLast(sections: readonly Section[]): Section[] {
  const longest = Math.max(...sections.map(({ neighbours }) => neighbours.length));
  const at = sections.findLastIndex(({ neighbours }) => neighbours.length === longest);
  return sections
    .map((section, i) => (i === at ? { ...section, neighbours: section.neighbours.slice(0, -1) } : section))
    .filter(({ neighbours }) => neighbours.length > 0);
}
