import { fieldsOf, isFields, type Fields } from './format.js';

/** Characters of a token, with common tokenizers and English. */
export const CHARACTERS_OF_TOKEN = 4;

/** What is found in all that a model reads. */
export interface Measured {
  /** Of all texts; those of pictures, sounds and files left out. */
  characters: number;
  /** How many pictures there are. */
  pictures: number;
  /** Whether there is a sound. */
  sounds: boolean;
  /** Whether there is a file or a film, of which nobody knows how long it is before it is read. */
  files: boolean;
}

/** Types of parts whose long texts are bytes, not words, on any wire. */
const BLOBS: ReadonlyMap<unknown, 'picture' | 'sound' | 'file'> = new Map([
  ...['image_url', 'input_image', 'image', 'computer_screenshot'].map((type) => [type, 'picture'] as const),
  ...['input_audio', 'audio'].map((type) => [type, 'sound'] as const),
  ...['file', 'input_file', 'document', 'video_url', 'input_video', 'video'].map((type) => [type, 'file'] as const),
]);

/** Documents that stand in the request as words or parts. */
const READ_AS_WORDS = new Set<unknown>(['text', 'content']);

/**
 * Visits all texts in JSON of any depth, in no order; those of pictures, sounds and files left out.
 * @param part is given each object whose long texts are bytes
 */
function visitTexts(
  value: unknown,
  text: (text: string) => void,
  part: (part: Fields, kind: 'picture' | 'sound' | 'file') => void,
): void {
  // A stack of our own: a body can be nested more deeply than calls can.
  const open: unknown[] = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one === 'string') text(one);
    else if (Array.isArray(one)) for (const item of one) open.push(item);
    else if (isFields(one)) {
      const blob = BLOBS.get(one['type']);
      if (blob !== undefined) part(one, blob);
      for (const name in one) {
        const member = one[name];
        // A document of plain text is read as words, and so is what stands beside a picture.
        if (blob !== undefined && isBlob(member)) continue;
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
  const measured: Measured = { characters: 0, pictures: 0, sounds: false, files: false };
  visitTexts(
    value,
    (text) => (measured.characters += text.length),
    (part, kind) => {
      if (kind === 'picture') measured.pictures++;
      else if (kind === 'sound') measured.sounds = true;
      else measured.files ||= !READ_AS_WORDS.has(fieldsOf(part['source'])['type']);
    },
  );
  return measured;
}

/** Whether a member holds encoded bytes, or a way to them. */
function isBlob(member: unknown): boolean {
  if (typeof member === 'string') return true;
  return isFields(member) && fieldsOf(member)['type'] !== 'text' && !Array.isArray(member['content']);
}
