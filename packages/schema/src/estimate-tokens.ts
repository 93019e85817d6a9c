/**
 * Tokens of a text, estimated as a quarter of its UTF-8 bytes: close for English with common tokenizers, somewhat high for
 * Latin scripts with accents, about right for Chinese and Japanese. No tokenizer is loaded, as each model has its own.
 */
export const estimateTokens = (text: string): number => Math.ceil(new TextEncoder().encode(text).length / 4);
