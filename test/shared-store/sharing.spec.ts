import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { describeWithRedis } from '../support/redis-server.js';
import { SharedStoreFixture } from './shared-store.fixture.js';

describeWithRedis('Applications that share a store', () => {
  let fixture: SharedStoreFixture;

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
  });

  afterEach(() => fixture.close());

  it('share a connection, so one request serves both', async () => {
    const connectionConfig = { subdomain: 'acme' };
    fixture.base44.connect('snowflake', { accessToken: 'sf-1', connectionConfig });
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    const fetched = await one.connectors.getConnection('snowflake');
    await fixture.readStore(1);
    const adopted = await other.connectors.getConnection('snowflake');
    expect(adopted).toEqual({ accessToken: 'sf-1', connectionConfig });
    expect(adopted).toEqual(fetched);
    expect(Object.isFrozen(adopted)).toBe(true);
    expect(Object.isFrozen(adopted.connectionConfig)).toBe(true);
    expect(fixture.requestCount).toBe(1);
    expect(fixture.warnings).toEqual([]);
  });

  it('count the time to live from the response of Base44', async () => {
    const cache = { ttlMs: 60_000 };
    const [one, other] = [await fixture.boot({ cache }), await fixture.boot({ cache })];
    await one.getToken('slack');
    await fixture.readStore(1);
    fixture.base44.connect('slack', { accessToken: 'xoxb-2' });
    fixture.clock.skip(30_000);
    await expect(other.getToken('slack')).resolves.toBe('xoxb-1');
    expect(fixture.requestCount).toBe(1);
    fixture.clock.skip(31_000);
    await expect(other.getToken('slack')).resolves.toBe('xoxb-2');
    expect(fixture.requestCount).toBe(2);
  });

  it('honor an expiry that Base44 told only one of them', async () => {
    fixture.base44.connect('slack', { accessToken: 'xoxb-1', expiresIn: 70 });
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    await one.getToken('slack');
    await fixture.readStore(1);
    fixture.base44.connect('slack', { accessToken: 'xoxb-2', expiresIn: 3_600 });
    fixture.clock.skip(30_000);
    await expect(other.getToken('slack')).resolves.toBe('xoxb-1');
    fixture.clock.skip(31_000);
    await expect(other.getToken('slack')).resolves.toBe('xoxb-2');
    expect(fixture.requestCount).toBe(2);
  });

  it('request a fresh connection from Base44 although the store has one, and share it', async () => {
    const [one, other, third] = [await fixture.boot(), await fixture.boot(), await fixture.boot()];
    await one.getToken('slack');
    const stored = await fixture.readStore(1);
    fixture.base44.connect('slack', { accessToken: 'xoxb-2' });
    await expect(other.connectors.getConnection('slack', { fresh: true })).resolves.toMatchObject({
      accessToken: 'xoxb-2',
    });
    await fixture.waitUntilReplaced(stored);
    await expect(third.getToken('slack')).resolves.toBe('xoxb-2');
    expect(fixture.requestCount).toBe(2);
  });

  it('keep an integration type and a workspace connector of the same name apart', async () => {
    fixture.base44.connect({ workspaceConnector: 'slack' }, { accessToken: 'ws-slack' });
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    await one.getToken('slack');
    await one.connectors.getWorkspaceConnection('slack');
    await fixture.readStore(2);
    await expect(other.getToken('slack')).resolves.toBe('xoxb-1');
    await expect(other.connectors.getWorkspaceConnection('slack')).resolves.toMatchObject({
      accessToken: 'ws-slack',
    });
    expect(fixture.requestCount).toBe(2);
  });

  describe('share nothing', () => {
    beforeEach(async () => {
      const one = await fixture.boot();
      await one.getToken('slack');
      await fixture.readStore(1);
    });

    it('with an application that has another service token', async () => {
      const other = await fixture.boot({ serviceToken: fixture.base44.rotateServiceToken() });
      await other.getToken('slack');
      expect(fixture.requestCount).toBe(2);
      const intruder = await fixture.boot({ serviceToken: 'not-the-service-token' });
      await expect(intruder.getToken('slack')).rejects.toMatchObject({
        code: 'SERVICE_ROLE_REJECTED',
      });
    });

    it('with another app', async () => {
      const other = await fixture.boot({ appId: '64b0c0ffee0000000000ba45' });
      await expect(other.getToken('slack')).rejects.toThrow();
      expect(fixture.requestCount).toBe(2);
    });

    it('with another server, even if app and service token are the same', async () => {
      const { appId, serviceToken } = fixture.base44;
      await using elsewhere = await Base44Emulator.start({ appId, serviceToken });
      elsewhere.connect('slack', { accessToken: 'xoxb-elsewhere' });
      const other = await fixture.boot({ serverUrl: elsewhere.url });
      await expect(other.getToken('slack')).resolves.toBe('xoxb-elsewhere');
      await other.close();
    });

    it('with another server that invalidates all its connections', async () => {
      const { appId, serviceToken } = fixture.base44;
      await using elsewhere = await Base44Emulator.start({ appId, serviceToken });
      const other = await fixture.boot({ serverUrl: elsewhere.url });
      await other.connectors.invalidate();
      const third = await fixture.boot();
      await third.getToken('slack');
      expect(fixture.requestCount).toBe(1);
      await other.close();
    });
  });
});
