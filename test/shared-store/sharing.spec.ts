import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { sleep } from '../support/async.js';
import { describeWithRedis } from '../support/redis-server.js';
import { SharedStoreFixture } from './shared-store.fixture.js';

describeWithRedis('Applications that share a store', () => {
  let fixture: SharedStoreFixture;

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
  });

  afterEach(async () => {
    await fixture.close();
    expect(fixture.unhandled).toEqual([]);
  });

  it('share a connection: one request serves both', async () => {
    const connectionConfig = { subdomain: 'acme' };
    fixture.base44.connect('snowflake', { accessToken: 'sf-1', connectionConfig });
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    const fetched = await one.connectors.getConnection('snowflake');
    await fixture.entries(1);
    const adopted = await other.connectors.getConnection('snowflake');
    expect(adopted).toEqual({ accessToken: 'sf-1', connectionConfig });
    expect(adopted).toEqual(fetched);
    expect(Object.isFrozen(adopted)).toBe(true);
    expect(Object.isFrozen(adopted.connectionConfig)).toBe(true);
    expect(fixture.requestCount).toBe(1);
    expect(fixture.warnings).toEqual([]);
  });

  it('count the time to live from when Base44 gave the connection', async () => {
    const cache = { ttlMs: 1_000 };
    const [one, other] = [await fixture.boot({ cache }), await fixture.boot({ cache })];
    await one.tokenOf('slack');
    fixture.base44.connect('slack', { accessToken: 'xoxb-2' });
    await sleep(500);
    await expect(other.tokenOf('slack')).resolves.toBe('xoxb-1');
    expect(fixture.requestCount).toBe(1);
    await sleep(550);
    await expect(other.tokenOf('slack')).resolves.toBe('xoxb-2');
    expect(fixture.requestCount).toBe(2);
  });

  it('honour an expiry that only the one who fetched the connection was told', async () => {
    fixture.base44.connect('slack', { accessToken: 'xoxb-1', expiresIn: 11 });
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    await one.tokenOf('slack');
    fixture.base44.connect('slack', { accessToken: 'xoxb-2', expiresIn: 3_600 });
    await sleep(300);
    await expect(other.tokenOf('slack')).resolves.toBe('xoxb-1');
    await sleep(800);
    await expect(other.tokenOf('slack')).resolves.toBe('xoxb-2');
    expect(fixture.requestCount).toBe(2);
  });

  it('ask Base44 for a fresh connection though another one knows it, and share that one', async () => {
    const [one, other, third] = [await fixture.boot(), await fixture.boot(), await fixture.boot()];
    await one.tokenOf('slack');
    fixture.base44.connect('slack', { accessToken: 'xoxb-2' });
    await expect(other.connectors.getConnection('slack', { fresh: true })).resolves.toMatchObject({
      accessToken: 'xoxb-2',
    });
    await sleep(150);
    await expect(third.tokenOf('slack')).resolves.toBe('xoxb-2');
    expect(fixture.requestCount).toBe(2);
  });

  it('keep an integration type and a workspace connector of the same name apart', async () => {
    fixture.base44.connect({ workspaceConnector: 'slack' }, { accessToken: 'ws-slack' });
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    await one.tokenOf('slack');
    await one.connectors.getWorkspaceConnection('slack');
    await fixture.entries(2);
    await expect(other.tokenOf('slack')).resolves.toBe('xoxb-1');
    await expect(other.connectors.getWorkspaceConnection('slack')).resolves.toMatchObject({
      accessToken: 'ws-slack',
    });
    expect(fixture.requestCount).toBe(2);
  });

  describe('share nothing', () => {
    beforeEach(async () => {
      const one = await fixture.boot();
      await one.tokenOf('slack');
      await fixture.entries(1);
    });

    it('with another service token', async () => {
      const other = await fixture.boot({ serviceToken: fixture.base44.rotateServiceToken() });
      await other.tokenOf('slack');
      expect(fixture.requestCount).toBe(2);
      const intruder = await fixture.boot({ serviceToken: 'not-the-service-token' });
      await expect(intruder.tokenOf('slack')).rejects.toMatchObject({
        name: 'ServiceRoleRejectedError',
      });
    });

    it('with another app', async () => {
      const other = await fixture.boot({ appId: '64b0c0ffee0000000000ba45' });
      await expect(other.tokenOf('slack')).rejects.toThrow();
      expect(fixture.requestCount).toBe(2);
    });

    it('with another server, be its app and service token the same', async () => {
      const { appId, serviceToken } = fixture.base44;
      await using elsewhere = await Base44Emulator.start({ appId, serviceToken });
      elsewhere.connect('slack', { accessToken: 'xoxb-elsewhere' });
      const other = await fixture.boot({ serverUrl: elsewhere.url });
      await expect(other.tokenOf('slack')).resolves.toBe('xoxb-elsewhere');
      await other.close();
    });

    it('when one of them invalidates everything of its own', async () => {
      const { appId, serviceToken } = fixture.base44;
      await using elsewhere = await Base44Emulator.start({ appId, serviceToken });
      const other = await fixture.boot({ serverUrl: elsewhere.url });
      await other.connectors.invalidate();
      const third = await fixture.boot();
      await third.tokenOf('slack');
      expect(fixture.requestCount).toBe(1);
      await other.close();
    });
  });
});
