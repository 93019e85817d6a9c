import type { Dataset, ModelCardFile } from '@routeprofile/schema';
import { modelCard } from './cards.js';
import { someOf } from './text.js';

/**
 * The dataset with further model cards, or others in place of its own: what a graph is built of when a model joins.
 * Candidates, training data and test rows stay as they are.
 *
 * A family that the dataset does not describe gets a sentence with its name; scores on tasks that it does not know tie a
 * model to nothing, so they are left out and reported.
 * @param cards by model, as in `models.json`
 */
export function withCards(
  dataset: Dataset,
  cards: Readonly<Record<string, ModelCardFile>>,
): { dataset: Dataset; warnings: string[] } {
  const tasks = new Set(dataset.tasks.map(({ name }) => name));
  const warnings: string[] = [];
  const added = Object.entries(cards).map(([name, file]) => {
    const card = modelCard(name, file, false);
    const unknown = [...card.scores.keys()].filter((task) => !tasks.has(task));
    if (unknown.length > 0)
      warnings.push(`${name}: scores on tasks that the dataset does not know are not used: ${someOf(unknown, 20)}.`);
    return { ...card, scores: new Map([...card.scores].filter(([task]) => tasks.has(task))) };
  });
  const replaced = new Map(added.map((card) => [card.name, card]));
  const known = new Set(dataset.cards.map(({ name }) => name));
  const families = new Set(dataset.families.map(({ name }) => name));
  const unheard = [...new Set(added.flatMap(({ family }) => family ?? []))].filter((family) => !families.has(family));
  return {
    dataset: {
      ...dataset,
      cards: [
        ...dataset.cards.map((card) => replaced.get(card.name) ?? card),
        ...added.filter(({ name }) => !known.has(name)),
      ],
      families: [...dataset.families, ...unheard.map((name) => ({ name, text: familyText(name) }))],
    },
    warnings,
  };
}

/** What stands for a family that nobody described. */
export const familyText = (name: string): string => `The ${name} family of language models.`;
