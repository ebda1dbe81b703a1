import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type { ConnectorsModuleOptions } from '../interfaces/connectors-module-options.interface.js';

/**
 * Returns the options in the environment variables of `@base44/sdk` (`createServerClient`):
 * `BASE44_APP_ID` is `appId`, `BASE44_API_URL` is `serverUrl`, and `BASE44_SERVICE_TOKEN` is `serviceToken`.
 * An empty variable counts as absent. The module validates the values.
 *
 * @param env - the variables; with `@nestjs/config`, call this in `useFactory`, so that `.env` is loaded
 * @throws `ConnectorsConfigurationError` when `BASE44_APP_ID` is absent
 * @example
 * ConnectorsModule.forRootAsync({ useFactory: () => connectorsOptionsFromEnv() })
 * ConnectorsModule.forRoot({ ...connectorsOptionsFromEnv(), request: { base44Headers: true } })
 *
 * @publicApi
 */
export function connectorsOptionsFromEnv(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Pick<ConnectorsModuleOptions, 'appId' | 'serverUrl' | 'serviceToken'> {
  const read = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const appId = read('BASE44_APP_ID');
  if (appId === undefined) {
    throw new ConnectorsConfigurationError(
      'The environment variable BASE44_APP_ID is not set. Set it to the id of the Base44 app, from the URL of ' +
        'its editor. If a .env file contains it, load the file first.',
    );
  }
  const serverUrl = read('BASE44_API_URL');
  const serviceToken = read('BASE44_SERVICE_TOKEN');
  return {
    appId,
    ...(serverUrl && { serverUrl }),
    ...(serviceToken && { serviceToken }),
  };
}
