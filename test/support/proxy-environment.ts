import { type ByteSink, startByteSink } from './byte-sink.js';
import { closeAfterTest } from './close-after-test.js';

export const PROXY_VARIABLES = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
];

const ALL_VARIABLES = [...PROXY_VARIABLES, 'NO_PROXY', 'no_proxy'];

/** Sets proxy variables of the environment to the URL of a listener, for one test. */
export async function setProxy(variables: readonly string[], noProxy?: string): Promise<ByteSink> {
  const sink = await startByteSink();
  const before = { ...process.env };
  const clear = (): void => {
    for (const name of ALL_VARIABLES) Reflect.deleteProperty(process.env, name);
  };
  closeAfterTest(() => {
    clear();
    Object.assign(process.env, before);
  });
  clear();
  for (const name of variables) process.env[name] = sink.url;
  if (noProxy !== undefined) process.env.NO_PROXY = noProxy;
  return sink;
}
