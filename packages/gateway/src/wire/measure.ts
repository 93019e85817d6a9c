import { fieldsOf, isFields } from './format.js';

/** Characters of a token, with common tokenizers and English. */
export const CHARACTERS_OF_TOKEN = 4;

/** What is found in all that a model reads. */
export interface Measured {
  /** Of all texts; those of pictures, sounds and files left out. */
  characters: number;
  /** Whether there is a picture. */
  pictures: boolean;
  /** Whether there is a sound. */
  sounds: boolean;
}

/** Types of parts that are pictures, on any wire. */
const PICTURES = new Set<unknown>(['image_url', 'input_image', 'image']);
const SOUNDS = new Set<unknown>(['input_audio', 'audio']);
/** Parts whose long texts are bytes, not words. */
const BLOBS = new Set<unknown>(['file', 'input_file', 'document', ...SOUNDS, ...PICTURES]);

/**
 * Visits all texts in JSON of any depth, in no order; those of pictures, sounds and files left out.
 * @param part is told the type of each object
 */
function visitTexts(value: unknown, text: (text: string) => void, part: (type: unknown) => void): void {
  // A stack of our own: a body can be nested more deeply than calls can.
  const open: unknown[] = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one === 'string') text(one);
    else if (Array.isArray(one)) for (const item of one) open.push(item);
    else if (isFields(one)) {
      const type = one['type'];
      part(type);
      const blob = BLOBS.has(type);
      for (const name in one) {
        const member = one[name];
        // A document of plain text is read as words, and so is what stands beside a picture.
        if (blob && isBlob(member)) continue;
        open.push(member);
      }
    }
  }
}

/** All texts in JSON of any depth, in no order; those of pictures, sounds and files left out. */
export function textsIn(value: unknown): string[] {
  const texts: string[] = [];
  visitTexts(
    value,
    (text) => texts.push(text),
    () => {},
  );
  return texts;
}

/**
 * Looks through JSON of any depth.
 * @param value what a request's body holds
 */
export function measure(value: unknown): Measured {
  const measured: Measured = { characters: 0, pictures: false, sounds: false };
  visitTexts(
    value,
    (text) => (measured.characters += text.length),
    (type) => {
      measured.pictures ||= PICTURES.has(type);
      measured.sounds ||= SOUNDS.has(type);
    },
  );
  return measured;
}

/** Whether a member holds encoded bytes, or a way to them. */
function isBlob(member: unknown): boolean {
  if (typeof member === 'string') return true;
  return isFields(member) && fieldsOf(member)['type'] !== 'text' && !Array.isArray(member['content']);
}
