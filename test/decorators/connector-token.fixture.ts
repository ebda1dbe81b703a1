import type { DynamicModule, PipeTransform } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';
import { globalPipes } from '../support/global-pipes.js';

/** The names of the handlers in every transport, and their return values. */
export type HandlerName = 'token' | 'connection' | 'optional' | 'named' | 'missing';

/** An application with one transport, and a client. */
export interface TransportApp {
  /** Rejects with the error that the client of the transport sees. */
  ask(handler: HandlerName): Promise<unknown>;
  close(): Promise<void>;
}

export type StartTransport = (
  imports: DynamicModule[],
  pipes: PipeTransform[],
) => Promise<TransportApp>;

/** Tests what holds in every transport. `error` is how its clients see a `ConnectorNotConnectedError`. */
export function describeTransport(
  transport: string,
  start: StartTransport,
  toClientError: (body: Record<string, unknown>) => unknown,
): void {
  describe(transport, () => {
    let base44: Base44Emulator;
    let crm: Base44Emulator;
    let app: TransportApp;

    beforeEach(async () => {
      base44 = await Base44Emulator.start();
      crm = await Base44Emulator.start({ appId: 'crm-app' });
      base44.connect('slack', { accessToken: 'xoxb-1', connectionConfig: { team: 'T1' } });
      crm.connect('slack', { accessToken: 'xoxb-crm' });
    });

    afterEach(async () => {
      await app.close();
      await Promise.all([base44.close(), crm.close()]);
    });

    const boot = async (pipes: PipeTransform[] = []): Promise<void> => {
      app = await start(
        [
          ConnectorsModule.forRoot(toOptions(base44)),
          ConnectorsModule.forRoot({ ...toOptions(crm), name: 'crm' }),
        ],
        pipes,
      );
    };

    describe.each(globalPipes)('with %s', (_, pipes) => {
      beforeEach(() => boot(pipes));

      it('passes the access token to a handler', async () => {
        await expect(app.ask('token')).resolves.toEqual({ token: 'xoxb-1' });
      });

      it('passes the connection to a handler', async () => {
        await expect(app.ask('connection')).resolves.toEqual({
          accessToken: 'xoxb-1',
          connectionConfig: { team: 'T1' },
        });
      });

      it('passes null for an optional connector that is not connected', async () => {
        await expect(app.ask('optional')).resolves.toEqual({ token: null });
      });

      it('uses the named instance', async () => {
        await expect(app.ask('named')).resolves.toEqual({ token: 'xoxb-crm' });
        expect(base44.requests).toHaveLength(0);
      });
    });

    it('sends the client the name of the connector that is not connected, and the remedy', async () => {
      await boot();
      await expect(app.ask('missing')).rejects.toEqual(
        toClientError({
          statusCode: 424,
          error: 'CONNECTOR_NOT_CONNECTED',
          message:
            `Connector 'notion' is not connected in app ${base44.appId}. ` +
            'Connect it under Integrations in the Base44 editor.',
          retryable: false,
          connector: 'notion',
        }),
      );
    });
  });
}
