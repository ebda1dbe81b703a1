import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';

it('tells an outage from a connector that is not connected', async () => {
  const base44 = await Base44Emulator.start();
  base44.connect('slack', { accessToken: 'xoxb-1' });
  base44.fault({ match: 'slack', respond: faults.status(503), times: 3 });

  const { appId, serviceToken, url: serverUrl } = base44;
  const module = await Test.createTestingModule({
    imports: [ConnectorsModule.forRoot({ appId, serviceToken, serverUrl })],
  }).compile();
  const connectors = module.get(ConnectorsService);

  await expect(connectors.getConnection('slack')).rejects.toMatchObject({
    code: 'BASE44_UNAVAILABLE',
    retryable: true,
  });
  await expect(connectors.getConnection('notion')).rejects.toMatchObject({
    code: 'CONNECTOR_NOT_CONNECTED',
  });
  expect(base44.requests).toHaveLength(4); // three attempts for slack, one for notion

  await module.close();
  await base44.close();
});
