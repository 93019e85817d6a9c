/** Hosts that hand out credentials of the machine they are asked from. */
const METADATA = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  '[fd00:ec2::254]',
  '100.100.100.200',
]);

/** Whether a URL's host is this machine. @param host as `URL.hostname` gives it */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

/** Why a host may not be called; undefined for all others. Names are looked at here, what they resolve to is the transport's to check. */
export function forbiddenHost(host: string): string | undefined {
  const name = host.replace(/\.$/, '').toLowerCase();
  if (METADATA.has(name)) return `${host} hands out the machine's own credentials, and is never called`;
  if (name.startsWith('169.254.') || /^\[fe[89ab][0-9a-f]:/.test(name) || name.startsWith('[::ffff:a9fe:'))
    return `${host} is a link-local address, and is never called`;
  return undefined;
}
