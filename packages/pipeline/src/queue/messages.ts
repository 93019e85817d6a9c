import {
  chatMessageSchema,
  ERROR_FAULTS,
  RouteProfileError,
  usageSchema,
  z,
  type ErrorCode,
} from '@routeprofile/schema';
import { storedFileSchema } from './files.js';

/** What runs and workers say to each other, in the jobs of pg-boss. Both ends check what they read. */

const errorCode = z.enum(Object.keys(ERROR_FAULTS) as ErrorCode[]);
const failureSchema = z.object({ code: z.string(), message: z.string() });
const place = z.number().int().min(0);
const seconds = z.number().min(0);

const jobSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('make-profile'), cell: place, key: z.string() }),
  z.object({
    type: z.literal('make-cell'),
    cell: place,
    key: z.string(),
    /** The cell's profile set, made before. */
    profile: z.object({ key: z.string(), made: storedFileSchema }),
  }),
  z.object({
    type: z.literal('call'),
    call: z.string(),
    model: z.string(),
    request: z.object({
      messages: z.array(chatMessageSchema),
      label: z.string().optional(),
      idempotencyKey: z.string().optional(),
    }),
  }),
]);
/** What a worker takes from a run's queue. */
export type Job = z.infer<typeof jobSchema>;

const made = z.object({ made: storedFileSchema });
const failed = z.object({ failure: failureSchema });
const completionSchema = z.object({
  text: z.string(),
  usage: usageSchema,
  estimated: z.boolean(),
  truncated: z.boolean(),
  attempts: z.number().int().min(1),
});
const callFailureSchema = z.object({
  code: errorCode,
  message: z.string(),
  hint: z.string().optional(),
  /** Of a call that came to nothing; absent where something else went wrong. */
  ended: z
    .object({
      fault: z.object({
        kind: z.string(),
        retryable: z.boolean(),
        retryAfter: z.number().optional(),
        unsent: z.literal(true).optional(),
      }),
      status: z.number().optional(),
      usage: usageSchema.optional(),
    })
    .optional(),
});
/** How a call failed at a worker. */
export type CallFailure = z.infer<typeof callFailureSchema>;

const resultSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('joined'), worker: z.string() }),
  z.object({ type: z.literal('refused'), worker: z.string(), why: z.string() }),
  z.object({ type: z.literal('warning'), text: z.string() }),
  z.object({ type: z.literal('profile'), cell: place, seconds, outcome: z.union([made, failed]) }),
  z.object({
    type: z.literal('cell'),
    cell: place,
    seconds,
    outcome: z.union([
      made.extend({ latency: z.object({ p50: z.number(), p99: z.number(), decisions: z.number() }).optional() }),
      failed,
    ]),
  }),
  z.object({
    type: z.literal('reply'),
    call: z.string(),
    outcome: z.union([z.object({ completion: completionSchema, seconds }), z.object({ failure: callFailureSchema })]),
  }),
]);
/** What a worker says to a run. */
export type Result = z.infer<typeof resultSchema>;

/** A job that was lost so often that pg-boss gives it back, or what a worker says. */
const heardSchema = z.union([resultSchema, jobSchema]);
export type Heard = z.infer<typeof heardSchema>;

const envelope = z.looseObject({ text: z.string() });

/** JSON within JSON: `jsonb` refuses texts that hold `\u0000`. */
export const packed = (message: Job | Result): { text: string } => ({ text: JSON.stringify(message) });

function unpacked<T>(data: unknown, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(envelope.parse(data).text));
  } catch (cause) {
    throw new RouteProfileError('BAD_INPUT', 'a message in the queue cannot be read', {
      hint: 'See whether somebody else writes into the schema routeprofile_queue.',
      cause,
    });
  }
}
export const readJob = (data: unknown): Job => unpacked(data, jobSchema);
export const readHeard = (data: unknown): Heard => unpacked(data, heardSchema);
