/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

const setting = (env: Variables, name: string) =>
  env[`ROUTEPROFILE_OPENAI_${name}`] || env[`OPENAI_${name}`] || undefined;

/**
 * The endpoint that the environment names: `OPENAI_BASE_URL` (by default OpenAI's own) and `OPENAI_API_KEY`, each also with
 * `ROUTEPROFILE_` before it, which comes first.
 */
export const openAiHome = (env: Variables): { baseUrl: string; apiKey: string | undefined } => ({
  baseUrl: setting(env, 'BASE_URL') ?? 'https://api.openai.com/v1',
  apiKey: setting(env, 'API_KEY'),
});

/**
 * Its key, for an address of the same scheme and host, and none for any other: a saved option must not lead the key astray, nor have it
 * sent in the clear.
 */
export function openAiKeyFor(address: string, env: Variables): string | undefined {
  const { baseUrl, apiKey } = openAiHome(env);
  const origins = [address, baseUrl].map((one) => (URL.canParse(one) ? new URL(one).origin : undefined));
  return origins[0] !== undefined && origins[0] === origins[1] ? apiKey : undefined;
}

/** The process's environment; empty in a browser. */
export const processEnvironment = (): Variables => (typeof process === 'undefined' ? {} : process.env);
