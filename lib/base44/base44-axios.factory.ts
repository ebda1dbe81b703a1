import { Axios, type CreateAxiosDefaults } from 'axios';

/**
 * Creates an axios instance whose interceptors and defaults are its own, so that the
 * application's axios sees no token. It follows no redirect and holds no secret.
 *
 * @internal
 */
export function createBase44Axios(
  connection: Pick<CreateAxiosDefaults, 'httpAgent' | 'httpsAgent' | 'proxy'>,
): Axios {
  // Not axios.create(), because it inherits the application's axios.defaults.
  return new Axios({
    ...connection,
    adapter: 'http',
    maxRedirects: 0,
    transformRequest: [],
    transformResponse: [parseBody],
    validateStatus: () => true,
    headers: { Accept: 'application/json', 'Content-Type': 'application/json' } as never,
  });
}

/** Parses a JSON body. A body that is not JSON stays a string. */
function parseBody(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}
