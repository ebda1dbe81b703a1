import type { ConnectorsModuleOptions, RequestOptions } from 'nestjs-base44-connectors';
import { Base44Emulator, type EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors } from '../support/create-connectors.js';
import { catchError } from '../support/async.js';
import { createSecret, expectNoSecret } from '../support/expect-no-secret.js';
import { toOptions } from '../support/to-options.js';
import { ADAPTERS, type AdapterName, httpApp } from './base44-headers.fixture.js';

const ADAPTER_NAMES = Object.keys(ADAPTERS) as AdapterName[];

describe('request.base44Cookie', () => {
  let base44: Base44Emulator;
  let ada: EmulatedAppUser;
  let grace: EmulatedAppUser;

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    base44.connect('slack', { accessToken: 'xoxb-1' });
    ada = base44.addAppUser('ada');
    grace = base44.addAppUser('grace');
  });

  const options = (request: RequestOptions = { base44Cookie: true }): ConnectorsModuleOptions => ({
    ...toOptions(base44),
    request,
    cache: false,
  });

  const getUsers = () => base44.requests.map(({ headers }) => headers['on-behalf-of']);

  it.each(ADAPTER_NAMES)('signs in the user of the cookie, on %s', async (adapter) => {
    const app = await httpApp(options(), adapter);
    for (const path of ['decorated', 'ambient']) {
      for (const line of [
        `Cookie: base44_access_token=${ada.token}`,
        `cookie: theme=dark;base44_access_token=${ada.token} ; x=base44_access_token=1`,
      ]) {
        await expect(app.ask([line], path)).resolves.toMatchObject({ status: 200 });
      }
    }
    expect(getUsers()).toEqual(Array.from({ length: 4 }, () => `Bearer ${ada.token}`));
  });

  it.each([
    ['no cookie', []],
    ['an empty cookie', ['Cookie: base44_access_token=']],
    ['another cookie', ['Cookie: xbase44_access_token=a; base44_access_tokens=b']],
    ['a malformed cookie', ['Cookie: base44_access_token=a b']],
    ['a Bearer token, which is the application’s own', ['Authorization: Bearer own-token']],
  ])('signs nobody in with %s', async (_, lines) => {
    const app = await httpApp(options());
    await expect(app.ask(lines)).resolves.toMatchObject({ status: 200 });
    expect(getUsers()).toEqual([undefined]);
  });

  it('rejects two sessions, because another host of the domain may have set one', async () => {
    const app = await httpApp(options());
    const line = `Cookie: base44_access_token=${ada.token}; base44_access_token=${grace.token}`;
    const { status, body } = await app.ask([line]);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: 'INVALID_REQUEST',
      message: 'The cookie base44_access_token occurs with several values. Send one value',
    });
    expectNoSecret(body, [ada.token, grace.token]);
    expect(base44.requests).toEqual([]);
  });

  it('accepts the same session twice, and a header that HTTP/2 has split', async () => {
    const connectors = await createConnectors(options());
    const pair = `base44_access_token=${ada.token}`;
    for (const cookie of [`${pair}; ${pair}`, ['a=1', pair]]) {
      await connectors.forRequest({ headers: { cookie } }).getConnection('slack');
    }
    await connectors
      .forRequest(new Request('http://localhost', { headers: { cookie: pair } }))
      .getConnection('slack');
    expect(getUsers()).toEqual(Array.from({ length: 3 }, () => `Bearer ${ada.token}`));
  });

  it('comes after Authorization with base44Headers', async () => {
    const app = await httpApp(options({ base44Cookie: true, base44Headers: true }));
    const cookie = `Cookie: base44_access_token=${ada.token}`;
    await app.ask([cookie, `Authorization: Bearer ${grace.token}`]);
    await app.ask([cookie, 'Authorization: Basic YTpi']);
    await app.ask([cookie]);
    expect(getUsers()).toEqual([grace, ada, ada].map(({ token }) => `Bearer ${token}`));
  });

  it('is off by default', async () => {
    const app = await httpApp(options({ base44Headers: true }));
    await app.ask([`Cookie: base44_access_token=${ada.token}`]);
    expect(getUsers()).toEqual([undefined]);
  });

  it.each<[object, string]>([
    [{ base44Cookie: 'yes' }, 'request.base44Cookie must be a boolean value'],
    [
      { base44Cookie: true, appUserToken: () => undefined },
      'request.appUserToken cannot be combined with base44Cookie: configure one of the two',
    ],
    [
      { base44Cookie: true, trustedAppIds: ['app2'] },
      'request.trustedAppIds has no effect without base44Headers: true',
    ],
  ])('fails startup when it is misused: %j', async (request, problem) => {
    const serviceToken = createSecret();
    const error = await catchError(createConnectors({ serviceToken, request }));
    expect(error.problems).toContain(problem);
  });
});
