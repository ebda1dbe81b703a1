import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors } from '../support/create-connectors.js';
import { createOfficialClient } from '../support/official-sdk.js';
import { catchError, sleep } from '../support/async.js';
import { startRecordingServer } from '../support/recording-server.js';
import { recordDifferences } from './intended-differences.js';

const differs = recordDifferences('transport');

async function contestants() {
  const base44 = await Base44Emulator.start();
  closeAfterTest(() => base44.close());
  base44.connect('slack', { accessToken: 'xoxb-1' });
  const { url: serverUrl, appId, serviceToken } = base44;
  const config = { serverUrl, appId, serviceToken };
  const official = createOfficialClient(config).asServiceRole.connectors;
  return { base44, config, official, product: await createConnectors(config) };
}

describe('unlike the official SDK, this package', () => {
  it('follows no redirect, and accepts no token from its location', async () => {
    const { base44, official, product } = await contestants();
    const elsewhere = await startRecordingServer();
    base44.fault({ respond: faults.redirect(`${elsewhere.url}/token`), times: 2 });

    expect(await official.getConnection('slack')).toMatchObject({ accessToken: 'token' });
    expect(elsewhere.requests.splice(0)).toHaveLength(1);
    expect(await catchError(() => product.getConnection('slack'))).toMatchObject({
      code: 'UNEXPECTED_RESPONSE',
      status: 302,
    });
    expect(elsewhere.requests).toEqual([]);
    differs('no-redirects');
  });

  it('caches a connection, unless cache is false', async () => {
    const { base44, config, official, product } = await contestants();
    const keeping = await createConnectors({ ...config, cache: { ttlMs: 60_000 } });
    const countRequests = async (call: () => Promise<unknown>): Promise<number> => {
      base44.clear();
      await call();
      await call();
      return base44.requests.length;
    };

    expect(await countRequests(() => official.getConnection('slack'))).toBe(2);
    expect(await countRequests(() => product.getConnection('slack'))).toBe(2);
    expect(await countRequests(() => keeping.getConnection('slack'))).toBe(1);
    differs('cached-connections');
  });

  it('does not wait forever', async () => {
    const { base44, config, official } = await contestants();
    base44.fault({ respond: faults.hang(), times: 2 });
    const product = await createConnectors({ ...config, resilience: { deadlineMs: 50 } });
    const theirs = official.getConnection('slack').then(
      () => 'resolved',
      () => 'rejected',
    );
    const error = await catchError(() => product.getConnection('slack'));

    expect(error).toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    const later = sleep(100, 'still waiting');
    expect(await Promise.race([theirs, later])).toBe('still waiting');
    await base44.close();
    expect(await theirs).toBe('rejected');
    differs('deadline');
  });

  it('rejects a response of a megabyte', async () => {
    const { base44, official, product } = await contestants();
    const body = { access_token: 'xoxb-1', padding: 'x'.repeat(1_000_000) };
    base44.fault({ respond: faults.status(200, { body }), times: 2 });

    expect(await official.getConnection('slack')).toMatchObject({ accessToken: 'xoxb-1' });
    expect(await catchError(() => product.getConnection('slack'))).toMatchObject({
      code: 'UNEXPECTED_RESPONSE',
    });
    differs('limited-response');
  });

  it('does not treat the web page of a proxy as "not connected"', async () => {
    const { base44, official, product } = await contestants();
    base44.fault({ respond: faults.html(404), times: 2 });

    expect(await catchError(() => official.getConnection('slack'))).toMatchObject({ status: 404 });
    expect(await catchError(() => product.getConnection('slack'))).toMatchObject({
      code: 'UNEXPECTED_RESPONSE',
      status: 404,
    });
    differs('html-page-not-found');
  });
});
