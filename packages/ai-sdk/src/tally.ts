import type { LanguageModelV3Content, LanguageModelV3FinishReason, LanguageModelV3StreamPart } from '@ai-sdk/provider';
import { readLanguageModelUsage, type AnswerState } from '@routeprofile/gateway/core';

/** What an answer has said so far, in the gateway's terms. */
export interface Tally {
  readonly state: Readonly<AnswerState>;
  /** Counts a part of a stream, or of a whole answer. */
  add(part: LanguageModelV3StreamPart | LanguageModelV3Content): void;
  /** The answer is whole. */
  finish(reason: LanguageModelV3FinishReason, usage: unknown): void;
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

export function createTally(): Tally {
  const state: AnswerState = { writtenBytes: 0, content: false };
  const wrote = (text: string) => {
    state.writtenBytes += bytesOf(text);
    state.content ||= text !== '';
  };
  return {
    state,
    add(part) {
      switch (part.type) {
        case 'text':
        case 'reasoning':
          return wrote(part.text);
        case 'text-delta':
        case 'reasoning-delta':
        case 'tool-input-delta':
          return wrote(part.delta);
        case 'tool-call':
          // In a stream its input has been counted as it came; a model that sends none before is counted here.
          if (!state.content) wrote(part.input);
          state.content = true;
          return;
        case 'tool-input-start':
        case 'tool-result':
        case 'tool-approval-request':
        case 'file':
          state.content = true;
      }
    },
    finish({ unified }, usage) {
      state.finish = unified === 'stop' ? 'plain' : 'other';
      const counted = readLanguageModelUsage(usage);
      if (counted) state.usage = counted;
    },
  };
}
