import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  AppUserConflictError,
  ConnectorsModule,
  ConnectorsService,
  UnexpectedResponseError,
} from 'nestjs-base44-connectors';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { catchError } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { toOptions } from '../support/to-options.js';

const APP = '64b0c0ffee0000000000ba44';
const ALREADY = { redirect_url: null, connection_id: null, already_authorized: true };
const DIFFERENT_USER = {
  redirect_url: null,
  already_authorized: false,
  error: 'different_user',
  other_user_email: 'grace@example.com',
};
const CONFLICT =
  `Another user has connected 'cal1' in app ${APP}, so this user cannot connect it. Let that user ` +
  'disconnect it with disconnectAppUser(), or let this user consent with another account.';

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter() as unknown as ExpressAdapter],
])('A response without a consent page, on %s,', (_, adapter) => {
  let base44: Base44Emulator;
  let connectors: ConnectorsService;
  let url: string;

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    const { token } = base44.addAppUser('ada');
    const module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRoot({
          ...toOptions(base44),
          request: { appUserToken: () => token },
          appUserRoutes: { path: 'accounts', returnTo: ['/calendar'] },
        }),
      ],
    }).compile();
    const app = module.createNestApplication(adapter());
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    connectors = module.get(ConnectorsService).asAppUser(token);
  });

  const respond = (body: object): void => {
    base44.fault({ respond: faults.status(200, { body }) });
  };

  const visit = (query = ''): Promise<Response> =>
    fetch(`${url}/accounts/cal1/connect${query}`, { redirect: 'manual' });

  it.each([ALREADY, { already_authorized: true }])(
    'to a user who has connected, rejects connectAppUser() with the remedy: %j',
    async (body) => {
      respond(body);
      const error = await catchError(connectors.connectAppUser('cal1'));
      expect(error).toBeInstanceOf(AppUserConflictError);
      expect(error).toMatchObject({
        code: 'ALREADY_CONNECTED',
        connector: 'cal1',
        message:
          `The user has already connected 'cal1' in app ${APP}, so there is no consent page. Use the ` +
          'connection, or call disconnectAppUser() before the user connects another account.',
      });
    },
  );

  it('to a user who has connected, leads the connect route to the page, or tells so', async () => {
    respond(ALREADY);
    const redirected = await visit('?returnTo=/calendar');
    expect([redirected.status, redirected.headers.get('location')]).toEqual([302, '/calendar']);
    respond(ALREADY);
    const told = await visit();
    expect(told.status).toBe(200);
    await expect(told.json()).resolves.toEqual({ connector: 'cal1', connected: true });
  });

  it('because of another user, rejects both without the address of that user', async () => {
    respond(DIFFERENT_USER);
    await expect(catchError(connectors.connectAppUser('cal1'))).resolves.toMatchObject({
      code: 'CONNECTED_BY_ANOTHER_USER',
      message: CONFLICT,
    });
    respond(DIFFERENT_USER);
    const response = await visit('?returnTo=/calendar');
    expect(response.status).toBe(409);
    await expect(response.json()).resolves.toEqual({
      statusCode: 409,
      error: 'CONNECTED_BY_ANOTHER_USER',
      message: CONFLICT,
      retryable: false,
      connector: 'cal1',
    });
  });

  it.each([
    { redirect_url: null, already_authorized: false },
    { redirect_url: null },
    { redirect_url: null, already_authorized: 'true' },
    { redirect_url: '', already_authorized: true },
  ])('is unexpected otherwise: %j', async (body) => {
    respond(body);
    await expect(connectors.connectAppUser('cal1')).rejects.toBeInstanceOf(UnexpectedResponseError);
  });
});
