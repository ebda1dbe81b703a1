import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';
import { firstValueFrom } from 'rxjs';

/** Calls a provider in both ways, in a process that starts with proxies in its environment. */

const { url, accessToken } = JSON.parse(process.argv[2]!) as Record<string, string>;
const client = { getConnection: async () => ({ accessToken }) };
const module = await Test.createTestingModule({
  imports: [
    ConnectorsModule.forRoot({ appId: 'app1', client }),
    ConnectorsModule.forFeature([{ connector: 'crm', baseURL: `${url!}/v1` }]),
  ],
}).compile();
await module.init();
const connectors = module.get(ConnectorsService);

const ended = await Promise.all([
  connectors.fetch('crm', '/start').then(({ status }) => status),
  firstValueFrom(connectors.http('crm').get('/start')).then(({ status }) => status),
]);
process.send?.(ended, () => process.exit(0));
