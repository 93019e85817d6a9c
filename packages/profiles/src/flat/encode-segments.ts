import {
  createMatrix,
  normalizeRows,
  rowOf,
  type Encoder,
  type Matrix,
  type NodeType,
  type RunContext,
} from '@routeprofile/schema';
import { encodeAll } from '../common/encode.js';
import type { Segment } from './segments.js';

/**
 * Each distinct segment encoded once, alone, in one call: no segment is lost to an encoder that reads a limited number of tokens.
 * A profile is the mean over node types of the weighted mean unit vector of the type's segments, at unit length. Types weigh alike
 * however many segments they have.
 */
export async function encodeSegments(models: readonly Segment[][], encoder: Encoder, ctx: RunContext): Promise<Matrix> {
  const rowOfText = new Map<string, number>();
  for (const { text } of models.flat()) if (!rowOfText.has(text)) rowOfText.set(text, rowOfText.size);
  const encoded = normalizeRows(await encodeAll([...rowOfText.keys()], encoder, ctx));

  const profiles = createMatrix(models.length, encoded.cols);
  models.forEach((segments, i) => {
    const totals = new Map<NodeType, number>();
    for (const { type, weight } of segments) totals.set(type, (totals.get(type) ?? 0) + weight);
    const profile = rowOf(profiles, i);
    for (const { type, text, weight } of segments) {
      const vector = rowOf(encoded, rowOfText.get(text)!);
      const share = weight / totals.get(type)!;
      for (let d = 0; d < profile.length; d++) profile[d]! += share * vector[d]!;
    }
  });
  return normalizeRows(profiles);
}

/** The published way: one text per model, each segment on a line of its own, at unit length. */
export async function encodeJoined(models: readonly Segment[][], encoder: Encoder, ctx: RunContext): Promise<Matrix> {
  return normalizeRows(await encodeAll(models.map(joinSegments), encoder, ctx));
}

export const joinSegments = (segments: readonly Segment[]): string => segments.map(({ text }) => text).join('\n');
