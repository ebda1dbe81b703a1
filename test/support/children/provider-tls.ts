import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';
import { firstValueFrom } from 'rxjs';

/** Calls a provider over TLS, in a process that trusts the certificate of `NODE_EXTRA_CA_CERTS`, and prints the response. */

const { url, accessToken, serviceToken } = JSON.parse(process.argv[2]!) as Record<string, string>;
const client = { getConnection: async () => ({ accessToken, serviceToken }) };
const module = await Test.createTestingModule({
  imports: [
    ConnectorsModule.forRoot({ appId: 'app1', client }),
    ConnectorsModule.forFeature([{ connector: 'crm', baseURL: url! }]),
  ],
}).compile();
await module.init();
const connectors = module.get(ConnectorsService);
const http = connectors.http('crm');

const given = {
  answer: await firstValueFrom(http.get<unknown>('/x')),
  failure: await firstValueFrom(http.get<unknown>('/no')).catch((error: unknown) => error),
  response: await connectors.fetch('crm', '/x'),
  failed: await connectors.fetch('crm', '/no'),
  http,
  axios: { of: http.axiosRef },
};
await pause(20);

const printed: Record<string, string> = {};
for (const [name, value] of Object.entries(given)) {
  printed[`${name}, inspected`] = inspect(value, {
    depth: 10,
    showHidden: true,
    maxStringLength: null,
  });
  printed[`${name}, as JSON`] = json(value);
}
process.send?.(printed, () => process.exit(0));

function json(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    return String(error);
  }
}
