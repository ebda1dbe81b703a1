// agenda.spec.ts
import { Test } from '@nestjs/testing';
import { CONNECTORS_MODULE_OPTIONS, ConnectorsService } from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { AppUsersModule } from './app-users.module.js';

it('keeps users apart', async () => {
  const base44 = await Base44Emulator.start();
  const ada = base44.addAppUser('ada');
  const grace = base44.addAppUser('grace');
  base44.connect({ appUserConnector: '66f0c2a41d' }, { accessToken: 'ya29-ada' }, ada);

  const { appId, serviceToken, url: serverUrl } = base44;
  const module = await Test.createTestingModule({ imports: [AppUsersModule] })
    .overrideProvider(CONNECTORS_MODULE_OPTIONS)
    .useValue({ appId, serviceToken, serverUrl, request: { base44Headers: true } })
    .compile();
  const connectors = module.get(ConnectorsService);

  const connection = await connectors
    .asAppUser(ada.token)
    .getCurrentAppUserConnection('66f0c2a41d');
  expect(connection.accessToken).toBe('ya29-ada');
  await expect(
    connectors.asAppUser(grace.token).getCurrentAppUserConnection('66f0c2a41d'),
  ).rejects.toMatchObject({ code: 'CONNECTOR_NOT_CONNECTED' });

  await module.close();
  await base44.close();
});
