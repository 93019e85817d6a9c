/** A text as Postgres can keep it, which has no NUL: a text that holds some stands there as JSON writes it. */
export const storable = (text: string): string => (text.includes('\0') ? JSON.stringify(text) : text);
