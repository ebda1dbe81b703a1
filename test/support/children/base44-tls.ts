import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorsService, isConnectorsError } from 'nestjs-base44-connectors';

/** Requests connections over TLS in a process that trusts the certificates of `NODE_EXTRA_CA_CERTS`. */

async function ask(serverUrl: string): Promise<unknown> {
  const module = await Test.createTestingModule({
    imports: [ConnectorsModule.forRoot({ appId: 'app1', serverUrl, serviceToken: 'service' })],
  }).compile();
  try {
    return await module.get(ConnectorsService).getConnection('slack');
  } catch (error) {
    return isConnectorsError(error) ? error.toJSON() : String(error);
  }
}

const urls = JSON.parse(process.argv[2]!) as Record<string, string>;
const results: Record<string, unknown> = {};
for (const [name, url] of Object.entries(urls)) results[name] = await ask(url);
process.send?.(results, () => process.exit(0));
