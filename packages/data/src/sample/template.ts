import type { Random } from '@routeprofile/schema';

/** One generated question. */
interface Question {
  query: string;
  /** The only right answer, as text. */
  answer: string;
  /** 0 for the easiest the template makes, 1 for the hardest. */
  hardness: number;
}

/** A task of the sample: a text about it, and a maker of questions. */
export interface TaskTemplate {
  name: string;
  text: string;
  /** How sharply the task tells good models from bad ones: `a` of the item-response model. */
  discrimination: number;
  /** Added to every question's difficulty. */
  difficulty: number;
  /** Tokens of a plain answer. */
  answerTokens: number;
  question(random: Random): Question;
}

export const pick = <T>(random: Random, items: readonly T[]): T => items[random.int(items.length)]!;

/** Uniform integer of [low, high]. */
export const between = (random: Random, low: number, high: number): number => low + random.int(high - low + 1);

export const PEOPLE = [
  'Ada',
  'Bruno',
  'Chen',
  'Dalia',
  'Emil',
  'Farah',
  'Goran',
  'Hana',
  'Ivo',
  'Jun',
  'Kira',
  'Luis',
] as const;
export const WORDS = [
  'lantern',
  'orchard',
  'planet',
  'copper',
  'meadow',
  'signal',
  'harbor',
  'violet',
  'thunder',
  'pebble',
  'compass',
  'ribbon',
  'granite',
  'whisper',
  'cabinet',
  'juniper',
  'marble',
  'falcon',
  'saddle',
  'tunnel',
  'velvet',
  'window',
  'anchor',
  'blossom',
] as const;
