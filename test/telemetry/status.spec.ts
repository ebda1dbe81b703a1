import { Controller, Get } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorsService, ConnectorToken } from 'nestjs-base44-connectors';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';
import { toOptions } from '../support/to-options.js';

@Controller()
class AgendaController {
  @Get()
  list(
    @ConnectorToken('slack') slack: string,
    @ConnectorToken('gmail', { optional: true }) gmail: string | null,
    @ConnectorToken({ appUserConnector: 'calendar1' }) calendar: string,
  ): unknown {
    return { slack, gmail, calendar };
  }
}

async function start() {
  const base44 = await Base44Emulator.start();
  closeAfterTest(() => base44.close());
  const module = await Test.createTestingModule({
    imports: [ConnectorsModule.forRoot({ ...toOptions(base44), resilience: { retries: 0 } })],
    controllers: [AgendaController],
  }).compile();
  closeAfterTest(() => module.close());
  await module.init();
  return { base44, connectors: module.get(ConnectorsService) };
}

describe('connectors.status()', () => {
  it('lists the required connectors, and sends nothing', async () => {
    const { base44, connectors } = await start();
    const requiredBy = ['AgendaController.list'];
    const unknown = { needsToken: true, requiredBy, state: 'unknown', isCached: false };
    expect(await connectors.status()).toEqual([
      { connector: 'slack', isOptional: false, ...unknown },
      { connector: 'gmail', isOptional: true, ...unknown },
      {
        connector: { appUserConnector: 'calendar1' },
        isOptional: false,
        ...unknown,
      },
    ]);
    expect(base44.requests).toHaveLength(0);
  });

  it('looks up each connection first with probe, and asks Base44 as often as the cache permits', async () => {
    const { base44, connectors } = await start();
    base44.connect('slack');
    for (let probe = 0; probe < 20; probe += 1) await connectors.status({ probe: true });
    const [slack, gmail, calendar] = await connectors.status();
    expect(slack).toMatchObject({ state: 'connected', since: expect.any(Date) as Date });
    expect(gmail).toMatchObject({
      state: 'not_connected',
      lastErrorCode: 'CONNECTOR_NOT_CONNECTED',
    });
    expect(calendar).toMatchObject({ state: 'unknown' });
    expect(base44.requests).toHaveLength(2);
  });

  it('tells an outage from a missing connection', async () => {
    const { base44, connectors } = await start();
    base44.connect('slack');
    await connectors.getConnection('slack');
    base44.fault({ respond: faults.status(503), times: Infinity });
    const [slack, gmail] = await connectors.status({ probe: true });
    expect(slack).toMatchObject({ state: 'connected' });
    expect(gmail).toMatchObject({ state: 'unknown', lastErrorCode: 'BASE44_UNAVAILABLE' });
  });
});
