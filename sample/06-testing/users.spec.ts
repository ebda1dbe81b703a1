import { Test } from '@nestjs/testing';
import { CONNECTORS_MODULE_OPTIONS, ConnectorsService } from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { AgendaService, CALENDAR } from './agenda.service.js';
import { AppModule } from './app.module.js';

it('gives each user the token of that user', async () => {
  const base44 = await Base44Emulator.start();
  const ada = base44.addAppUser('ada');
  const grace = base44.addAppUser('grace');
  base44.connect({ appUserConnector: CALENDAR }, { accessToken: 'ya29-ada' }, ada);

  const { appId, serviceToken, url: serverUrl } = base44;
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(CONNECTORS_MODULE_OPTIONS)
    .useValue({ appId, serviceToken, serverUrl, request: { base44Headers: true } })
    .compile();
  const agenda = module.get(AgendaService);
  const connectors = module.get(ConnectorsService);
  const tokenOf = (user: { token: string }) =>
    connectors.runAs({ userToken: user.token }, () => agenda.token());

  await expect(tokenOf(ada)).resolves.toBe('ya29-ada');
  await expect(tokenOf(grace)).rejects.toMatchObject({ code: 'CONNECTOR_NOT_CONNECTED' });

  await module.close();
  await base44.close();
});
