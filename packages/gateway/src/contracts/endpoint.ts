import { endpointUrl } from '@routeprofile/providers';
import { messageWithHint, RouteProfileError, z } from '@routeprofile/schema';
import { forbiddenHost, isLoopback } from '../config/hosts.js';
import { secretReferenceSchema } from './secret.js';
import { ENDPOINT_WIRES } from './wire.js';

const milliseconds = z.number().int().min(1).max(86_400_000);

/** The clocks of one attempt, in milliseconds. */
export const timeoutsSchema = z.strictObject({
  /** Until there is a connection. It is the transport that can tell. */
  connectMs: milliseconds.default(10_000),
  /** Streams: from sending the request to the first content. Comments and events that carry none do not count. */
  firstContentMs: milliseconds.default(120_000),
  /** Streams: from one piece to the next, once content has come. */
  idleMs: milliseconds.default(60_000),
  /** Answers that are not streamed: from sending the request to the last byte. */
  answerMs: milliseconds.default(600_000),
});
/** The clocks of one attempt, in milliseconds. */
export type Timeouts = z.infer<typeof timeoutsSchema>;

const baseUrlSchema = z.string().superRefine((text, ctx) => {
  try {
    const url = endpointUrl(text, { who: 'baseUrl', baseUrl: 'It', apiKey: '`key`' });
    const forbidden = forbiddenHost(url.hostname);
    if (forbidden !== undefined) ctx.addIssue({ code: 'custom', message: forbidden });
  } catch (error) {
    if (!RouteProfileError.isInstance(error)) throw error;
    ctx.addIssue({ code: 'custom', message: messageWithHint(error) });
  }
});

/** One place where a candidate can be called. */
export const endpointSchema = z
  .strictObject({
    /** Names it in records and logs. Default: candidate and host. */
    id: z.string().min(1).optional(),
    /** The candidate's id. */
    candidate: z.string().min(1),
    /** Such as `https://api.openai.com/v1`; the path of the wire is added. */
    baseUrl: baseUrlSchema,
    /** The model's name there. Default: what the candidate says is called. */
    model: z.string().min(1).optional(),
    wires: z.array(z.enum(ENDPOINT_WIRES)).min(1),
    key: secretReferenceSchema.optional(),
    /** How the key is sent. Default: `x-api-key` for messages, a bearer token otherwise. */
    keyHeader: z.enum(['authorization', 'x-api-key']).optional(),
    /** Further headers of every request; never a secret. */
    headers: z.record(z.string().regex(/^[!#$%&'*+.^`|~\w-]+$/), z.string().regex(/^[\x20-\x7e]*$/)).default({}),
    timeouts: timeoutsSchema.prefault({}),
    /** Chat streams: ask for the usage that the client did not ask for. Off for servers that refuse `stream_options`. */
    askUsage: z.boolean().default(true),
    /** Requests that it is sent at the same time at most; others go elsewhere, or are told to come back. Default: no limit. */
    maxConcurrent: z.number().int().min(1).max(1_000_000).optional(),
    /** Allows `http:` to another machine. */
    insecure: z.boolean().default(false),
  })
  .superRefine(({ baseUrl, insecure }, ctx) => {
    const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
    if (url?.protocol === 'http:' && !insecure && !isLoopback(url.hostname))
      ctx.addIssue({
        code: 'custom',
        path: ['baseUrl'],
        message: 'http: would send prompts and the key in the clear; use https:, or say insecure: true',
      });
  });
/** One place where a candidate can be called, with every default filled in. */
export type EndpointSettings = z.infer<typeof endpointSchema>;

/** An endpoint as the gateway uses it: named, and with the model's name there. */
export interface Endpoint extends EndpointSettings {
  id: string;
  model: string;
}
