import { Controller, Get, type Type } from '@nestjs/common';
import {
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorToken,
} from 'nestjs-base44-connectors';
import { Base44Emulator, faults, type FaultResponder } from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';
import { waitFor } from '../support/async.js';
import { findFreePort } from '../support/free-port.js';
import { startBase44, boot, bootFailure, type BootedApp } from './verify-on-bootstrap.fixture.js';

const DEADLINE_MS = 300;

/** So long that 20 sequential checks would exceed the timeout of the test. */
const SLOW = {
  resilience: { attemptTimeoutMs: 3_000, deadlineMs: 3_000, breaker: false as const },
};

const CONNECTORS = Array.from({ length: 20 }, (_, index) => `connector${index}`);

/** Creates a controller with a handler for each connector, named after it. */
function createController(connectors: readonly string[]): Type {
  @Controller()
  class ManyController {}
  const { prototype } = ManyController;
  for (const connector of connectors) {
    const handler = { value: (token: string) => token, configurable: true, writable: true };
    Object.defineProperty(prototype, connector, handler);
    ConnectorToken(connector)(prototype, connector, 0);
    Get(connector)(prototype, connector, handler);
  }
  return ManyController;
}

const createMetadata = (
  base44: Base44Emulator,
  options: Partial<ConnectorsModuleOptions> = {},
  connectors: readonly string[] = ['slack'],
) => ({
  imports: [
    ConnectorsModule.forRoot({
      ...toOptions(base44),
      verifyOnBootstrap: 'fail',
      resilience: { deadlineMs: DEADLINE_MS },
      ...options,
    }),
  ],
  controllers: [createController(connectors)],
});

const always = (base44: Base44Emulator, respond: FaultResponder): void => {
  base44.fault({ respond, times: Infinity });
};

const expectUnchecked = ({ reports }: BootedApp, reason: string): void => {
  expect(reports).toEqual([
    [
      'warn',
      'Connectors that the application needs:\n' +
        `- slack, required by ManyController.slack: could not be checked. ${reason}`,
    ],
  ]);
};

const SILENCE = `Base44 is unavailable: no response within ${DEADLINE_MS} ms. Try again later.`;

describe("verifyOnBootstrap: 'fail' does not fail startup when Base44", () => {
  it.each([
    ['answers 503', faults.status(503), 'it responded with status 503'],
    ['answers a web page with status 502', faults.html(502), 'it responded with status 502'],
    ['cuts connections', faults.reset(), 'no connection to serverUrl (ECONNRESET)'],
  ])('%s', async (_, fault, reason) => {
    const base44 = await startBase44({});
    always(base44, fault);
    const resilience = { deadlineMs: 5_000, retries: 0 };
    const booted = await boot(createMetadata(base44, { resilience }));
    expectUnchecked(booted, `Base44 is unavailable: ${reason}. Try again later.`);
  });

  it('limits the rate of requests', async () => {
    const base44 = await startBase44({});
    always(base44, faults.status(429, { headers: { 'Retry-After': '3600' } }));
    expectUnchecked(
      await boot(createMetadata(base44)),
      `Base44 limits the request rate of app ${base44.appId}. Try again in 3600000 ms.`,
    );
  });

  it('refuses connections', async () => {
    const base44 = await startBase44({});
    const serverUrl = `http://127.0.0.1:${await findFreePort()}`;
    const resilience = { deadlineMs: 5_000, retries: 0 };
    expectUnchecked(
      await boot(createMetadata(base44, { serverUrl, resilience })),
      'Base44 is unavailable: no connection to serverUrl (ECONNREFUSED). Try again later.',
    );
  });

  it('fails until the deadline', async () => {
    const base44 = await startBase44({});
    always(base44, faults.status(503));
    const resilience = { deadlineMs: DEADLINE_MS, retries: 10 };
    await boot(createMetadata(base44, { resilience }));
    // The deadline ends the check before the last of ten retries.
    expect(base44.requests.length).toBeLessThan(11);
  });

  it('never responds', async () => {
    const base44 = await startBase44({});
    always(base44, faults.hang());
    expectUnchecked(await boot(createMetadata(base44)), SILENCE);
  });

  it('drips its response', async () => {
    const base44 = await startBase44({});
    always(base44, faults.drip());
    expectUnchecked(await boot(createMetadata(base44)), SILENCE);
  });

  it('never responds for 20 connectors, which are checked concurrently', async () => {
    const base44 = await startBase44({});
    always(base44, faults.hang());
    const booting = boot(createMetadata(base44, SLOW, CONNECTORS));
    await waitFor(() => base44.requests.length === CONNECTORS.length);
    const { reports } = await booting;
    expect(reports).toEqual([['warn', expect.any(String)]]);
    expect(reports[0]![1].split('\n')).toHaveLength(1 + CONNECTORS.length);
  });
});

describe("verifyOnBootstrap: 'fail'", () => {
  it('waits no longer than the deadline for a serviceToken function', async () => {
    const base44 = await startBase44({ slack: 'xoxb-1' });
    const serviceToken = () => new Promise<string>(() => undefined);
    expectUnchecked(
      await boot(createMetadata(base44, { serviceToken })),
      `The serviceToken function did not resolve within ${DEADLINE_MS} ms. ` +
        'Make it resolve sooner, or raise attemptTimeoutMs and deadlineMs of the option resilience.',
    );
    expect(base44.requests).toHaveLength(0);
  });

  it('waits no longer than the deadline for a serviceToken function that 20 connectors call', async () => {
    const base44 = await startBase44({});
    let asked = 0;
    const serviceToken = () => {
      asked += 1;
      return new Promise<string>(() => undefined);
    };
    const booting = boot(createMetadata(base44, { ...SLOW, serviceToken }, CONNECTORS));
    await waitFor(() => asked === CONNECTORS.length);
    await booting;
  });

  it('waits no longer than the deadline for a client of the application', async () => {
    const client = { getConnection: () => new Promise<never>(() => undefined) };
    const base44 = await startBase44({});
    const metadata = createMetadata(base44, { serviceToken: undefined, client });
    expectUnchecked(await boot(metadata), SILENCE);
  });

  it('fails for a connector that is not connected although the state of another is unknown', async () => {
    const base44 = await startBase44({});
    base44.fault({ respond: faults.hang(), times: Infinity, match: 'notion' });
    const { problems } = await bootFailure(createMetadata(base44, {}, ['notion', 'slack']));
    expect(problems).toEqual([
      expect.stringMatching(/^slack, required by ManyController\.slack: .* is not connected/),
    ]);
  });

  it('does not affect handlers, which get their tokens once Base44 works again', async () => {
    const base44 = await startBase44({ slack: 'xoxb-1' });
    always(base44, faults.status(503));
    const resilience = { deadlineMs: DEADLINE_MS, retries: 0 };
    const { app } = await boot(createMetadata(base44, { resilience }));
    base44.clear();
    await app.listen(0, '127.0.0.1');
    const response = await fetch(`${await app.getUrl()}/slack`);
    await expect(response.text()).resolves.toBe('xoxb-1');
  });
});
