import { Controller, Get, Logger, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorToken } from 'nestjs-base44-connectors';
import { Base44Emulator, survives } from 'nestjs-base44-connectors/testing';

@Controller()
class LeakyController {
  readonly #logger = new Logger('Slack');

  @Get()
  channels(@ConnectorToken('slack') token: string) {
    const headers = { Authorization: `Bearer ${token}` };
    this.#logger.debug({ message: 'calling Slack', headers });
    return [];
  }
}

@Module({ controllers: [LeakyController] })
class LeakyModule {}

it('finds the token in a log line', async () => {
  const base44 = await Base44Emulator.start();
  const { appId, serviceToken, url: serverUrl } = base44;
  const module = await Test.createTestingModule({
    imports: [LeakyModule, ConnectorsModule.forRoot({ appId, serviceToken, serverUrl })],
  }).compile();
  const app = module.createNestApplication();
  await app.listen(0, '127.0.0.1');

  const request = async () => fetch(await app.getUrl());
  await expect(survives(app, { base44, connector: 'slack', request }).leaks()).rejects.toThrow(
    /a line of Nest's logger, debug\(\): .*Authorization: 'Bearer \[access token\]'/,
  );

  await app.close();
  await base44.close();
});
