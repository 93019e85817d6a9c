import { RouteProfileError, messageOf, type Encoder, type Matrix, type RunContext } from '@routeprofile/schema';
import type { TrustedName } from './trust.js';
import { openThread, ThreadLost, type AskOptions } from './thread.js';

/** Which encoder the thread makes. */
export interface EncoderTask {
  name: TrustedName;
  from: string;
  argument: string | undefined;
}

/** To the thread: encode these, or say what share of each cannot be seen. */
export interface EncoderRequest {
  wanted: 'vectors' | 'unseen';
  texts: readonly string[];
  seed: number;
}

/** What is known of the encoder once it is made. */
interface MadeEncoder {
  id: string;
  dimensions: number;
  /** Whether it can say what it cannot see. */
  tellsUnseen: boolean;
}

/** The encoder is made; vectors; shares; a sign of life; or what it threw. */
export type EncoderReply =
  | MadeEncoder
  | { vectors: Matrix; dimensions: number }
  | { unseen: Float64Array }
  | { alive: true }
  | { error: string };

export interface PluginEncoderOptions {
  from: string;
  /** Seconds without a sign of life after which the plugin counts as hanging. */
  silence: number;
}

/**
 * An encoder plugin in a thread of its own. Whatever it does there, the answer is vectors or an error with its name.
 * @throws RouteProfileError ENCODER_FAILED
 */
export async function pluginEncoder(
  name: TrustedName,
  argument: string | undefined,
  { from, silence }: PluginEncoderOptions,
  ctx: RunContext,
): Promise<Encoder> {
  const task: EncoderTask = { name, from, argument };
  const thread = openThread<EncoderReply>('encoder-worker', task, (line) => ctx.logger?.info(line));

  const ask = async <T>(
    request: EncoderRequest | undefined,
    answer: (reply: EncoderReply) => T | undefined,
    { onProgress, signal }: Pick<RunContext, 'onProgress' | 'signal'>,
  ): Promise<T> => {
    const options: AskOptions = { silence, ...(signal && { signal }) };
    try {
      return await thread.ask(
        request,
        (reply) => {
          if ('error' in reply) throw new Error(`failed: ${reply.error}`);
          if ('alive' in reply) onProgress?.({ stage: 'encode', done: 0, note: name });
          return answer(reply);
        },
        options,
      );
    } catch (cause) {
      if (RouteProfileError.isInstance(cause)) throw cause;
      const text = messageOf(cause);
      throw new RouteProfileError('ENCODER_FAILED', `encoder ${name} ${text}`, {
        cause,
        ...(cause instanceof ThreadLost && {
          hint: 'If it needs longer, let it report progress or raise --plugin-timeout.',
        }),
      });
    }
  };

  let made: MadeEncoder;
  try {
    made = await ask(undefined, (reply) => ('id' in reply ? reply : undefined), ctx);
  } catch (error) {
    await thread.end();
    throw error;
  }
  let { dimensions } = made;
  return {
    specVersion: 1,
    id: made.id,
    get dimensions() {
      return dimensions;
    },
    async encode(texts, context): Promise<Matrix> {
      const request: EncoderRequest = { wanted: 'vectors', texts, seed: context?.seed ?? ctx.seed };
      const encoded = await ask(request, (reply) => ('vectors' in reply ? reply : undefined), context ?? ctx);
      dimensions = encoded.dimensions;
      return encoded.vectors;
    },
    ...(made.tellsUnseen && {
      async unseen(texts, context): Promise<Float64Array> {
        const request: EncoderRequest = { wanted: 'unseen', texts, seed: context?.seed ?? ctx.seed };
        return ask(request, (reply) => ('unseen' in reply ? reply.unseen : undefined), context ?? ctx);
      },
    }),
    dispose: () => thread.end(),
  };
}
