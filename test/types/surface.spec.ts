import { findErrors, findMarked } from './application.js';

const BEFORE = `
  import type { HttpService } from '@nestjs/axios';
  import {
    type ConnectorApiResponse, type ConnectorConnection, type ConnectorFeature, type ConnectorRef,
    type ConnectorRequirement, CONNECTORS, ConnectorsModule, type ConnectorsModuleAsyncOptions,
    type ConnectorsModuleOptions, type ConnectorsService, ConnectorFetch, ConnectorToken, type RunAsIdentity,
  } from 'nestjs-base44-connectors';

  type Same<A, B> =
    (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
  const same = <A, B>(_: Same<A, B>): void => undefined;
  declare const connectors: ConnectorsService;
`;

/** Expects errors in exactly the marked lines. */
function expectErrorsWhereMarked(lines: string): void {
  const application = { 'main.ts': BEFORE + lines };
  expect(findErrors(application)).toEqual(findMarked(application));
}

describe('The types of ConnectorsService', () => {
  it('let fetch return the standard type', () => {
    expectErrorsWhereMarked(`
      same<ReturnType<ConnectorsService['fetch']>, Promise<Response>>(true);
      void connectors.fetch('slack', new URL('https://slack.com/api/auth.test'));
      void connectors.fetch('slack', new Request('https://slack.com/api/auth.test'));
      void connectors.fetch('slack', 42); // error
      void connectors.fetch('slack'); // error
    `);
  });

  it('let fetch accept the standard arguments and retry', () => {
    expectErrorsWhereMarked(`
      const signal = AbortSignal.timeout(1);
      void connectors.fetch('slack', '/', { method: 'POST', body: '{}', headers: { a: 'b' }, signal });
      void connectors.fetch('slack', '/', { retry: true });
      void connectors.fetch('slack', '/', { retry: undefined });
      void connectors.fetch('slack', '/', { retry: 'yes' }); // error
      void connectors.fetch('slack', '/', { retry: 3 }); // error
      void connectors.fetch('slack', '/', { retries: 3 }); // error
      void connectors.fetch('slack', '/', { method: 1 }); // error
    `);
  });

  it('let fetchFor return the standard fetch', () => {
    expectErrorsWhereMarked(`
      same<ReturnType<ConnectorsService['fetchFor']>, typeof fetch>(true);
      const send: typeof fetch = connectors.fetchFor('slack', { retry: true });
      void send(new Request('https://slack.com/api/auth.test'), { method: 'POST' });
      void connectors.fetchFor({ appUserConnector: '66f0c2a41d' });
      void connectors.fetchFor('slack', { retry: undefined });
      void connectors.fetchFor('slack', { retry: 3 }); // error
      void connectors.fetchFor('slack', { retries: 3 }); // error
      void connectors.fetchFor(); // error
    `);
  });

  it('let runAs return what the work returns', () => {
    expectErrorsWhereMarked(`
      same<typeof connectors.runAs<number>, (identity: RunAsIdentity, work: () => number) => number>(true);
      const identity: RunAsIdentity = { userToken: 'ada' };
      const promise: Promise<string> = connectors.runAs(identity, async () => 'done');
      const value: number = connectors.runAs({ userToken: 'ada' }, () => 42);
      const wrong: string = connectors.runAs({ userToken: 'ada' }, () => 42); // error
      void connectors.runAs({ userToken: undefined }, () => 42); // error
      void connectors.runAs({ usertoken: 'ada' }, () => 42); // error
      void connectors.runAs({}, () => 42); // error
      void connectors.runAs({ userToken: 'ada' }); // error
      void [promise, value, wrong];
    `);
  });

  it('let http return the HttpService of @nestjs/axios', () => {
    expectErrorsWhereMarked(`
      same<ReturnType<ConnectorsService['http']>, HttpService>(true);
      void connectors.http('slack').get<{ ok: boolean }>('/auth.test');
      void connectors.http('slack', '/'); // error
    `);
  });

  it('make connections readonly', () => {
    expectErrorsWhereMarked(`
      same<ReturnType<ConnectorsService['getConnection']>, Promise<ConnectorConnection>>(true);
      const connection = await connectors.getConnection('slack', { fresh: true });
      same<typeof connection.accessToken, string>(true);
      same<typeof connection.connectionConfig, Readonly<Record<string, string>> | null>(true);
      connection.accessToken = ''; // error
      connection.connectionConfig!.subdomain = ''; // error
      void connectors.getConnection('slack', { ttlMs: 1 }); // error
    `);
  });

  it('describe the request and the response of a metered call', () => {
    expectErrorsWhereMarked(`
      const answer = await connectors.callApi<{ id: string }>('x', { path: '/2/users/me' });
      same<typeof answer, ConnectorApiResponse<{ id: string }>>(true);
      same<typeof answer.data, { id: string } | null>(true);
      same<Awaited<ReturnType<ConnectorsService['callApi']>>['data'], unknown>(true);
      void connectors.callApi('x', { method: 'POST', path: '/2/tweets', body: { text: 'hi' } });
      void connectors.callApi('x', {}); // error
      void connectors.callApi('x', { method: 'TRACE', path: '/' }); // error
    `);
  });

  it('make the requirements of an application readonly', () => {
    expectErrorsWhereMarked(`
      same<ReturnType<ConnectorsService['requirements']>, readonly ConnectorRequirement[]>(true);
      same<ConnectorRequirement['connector'], ConnectorRef>(true);
      connectors.requirements().pop(); // error
    `);
  });
});

describe('The types of CONNECTORS', () => {
  it('contain the exact connectors and values', () => {
    expectErrorsWhereMarked(`
      same<typeof CONNECTORS.slack.baseURL, 'https://slack.com/api'>(true);
      same<typeof CONNECTORS.slack.isMetered, false>(true);
      same<typeof CONNECTORS.x.isMetered, true>(true);
      void CONNECTORS.nope; // error
      void CONNECTORS.slack.nope; // error
    `);
  });

  it('are readonly', () => {
    expectErrorsWhereMarked(`
      CONNECTORS.slack.baseURL = 'https://slack.com/api'; // error
      CONNECTORS.slack.origins.push('https://slack.com'); // error
      CONNECTORS.slack = CONNECTORS.slackbot; // error
    `);
  });

  it('have no base URL for connectors without one', () => {
    expectErrorsWhereMarked(`
      void CONNECTORS.databricks.origins;
      void CONNECTORS.databricks.baseURL; // error
    `);
  });
});

describe('The types of ConnectorsModule.forFeature', () => {
  it('describe the options of a feature', () => {
    expectErrorsWhereMarked(`
      const zendesk: ConnectorFeature = {
        connector: 'zendesk',
        baseURL: 'https://{subdomain}.zendesk.com/api/v2',
        allowedOrigins: ['https://uploads.zendesk.com'],
        retry: true,
        instance: 'crm',
      };
      void ConnectorsModule.forFeature(['slack', zendesk, { workspaceConnector: 'abc' }]);
      void ConnectorsModule.forFeature([{ connector: 'slack', baseURL: undefined }], { imports: [] });
      void ConnectorsModule.forFeature([{ connector: 'slack', baseUrl: '/' }]); // error
      const misspelt: ConnectorFeature = { connector: 'slack', baseUrl: '/' }; // error
      const nameless: ConnectorFeature = { baseURL: 'https://slack.com/api' }; // error
      void ConnectorsModule.forFeature('slack'); // error
    `);
  });
});

describe('The types of the decorators', () => {
  it('describe their arguments', () => {
    expectErrorsWhereMarked(`
      class A {
        one(@ConnectorToken('slack', { optional: true, instance: 'crm' }) token: string | null) {
          return token;
        }
        two(@ConnectorToken('slack', { optional: 'yes' }) token: string) { return token; } // error
        three(@ConnectorToken('slack', { option: true }) token: string) { return token; } // error
        four(@ConnectorToken() token: string) { return token; } // error
        @ConnectorToken('slack') five() {} // error
        six(@ConnectorFetch('slack') send: typeof fetch) { return send('/auth.test'); }
        seven(@ConnectorFetch('slack', { optional: true }) send: typeof fetch | null) { return send; }
        eight(@ConnectorFetch('slack', { retry: true }) send: typeof fetch) { return send; } // error
      }
      void A;
    `);
  });
});

describe('The types of ConnectorsModule', () => {
  it('describe the arguments of forRoot and forRootAsync', () => {
    expectErrorsWhereMarked(`
      const options = { appId: 'app1', serviceToken: 'svc_1' };
      const async: ConnectorsModuleAsyncOptions = { useFactory: async () => options, name: 'crm' };
      same<Parameters<typeof ConnectorsModule.forRootAsync>, [ConnectorsModuleAsyncOptions]>(true);
      ConnectorsModule.forRootAsync(async);
      ConnectorsModule.forRoot({ ...options, isGlobal: false });
      ConnectorsModule.forRootAsync({ useFactory: () => ({ serviceToken: 'svc_1' }) }); // error
      ConnectorsModule.forRootAsync({ useFactory: () => options, isGlobal: 'no' }); // error
      ConnectorsModule.forRootAsync({ useFactory: () => options, isGlobl: true }); // error
      ConnectorsModule.forRootAsync({ useFactory: () => ({ ...options, serverURL: '' }) }); // error
      ConnectorsModule.forRootAsync({ useFactory: async () => ({ ...options, isGlobal: true }) }); // error
      ConnectorsModule.forRootAsync({ useFactory: (one: boolean) => one ? options : { ...options, name: '' } }); // error
      ConnectorsModule.forRootAsync({ useFactory: async () => ({ ...options, cache: false }) });
      ConnectorsModule.forRootAsync({ useFactory: (one: boolean) => one ? options : { ...options, cache: { ttlMs: 1 } } });
      ConnectorsModule.forRootAsync({ useFactory: async (one: boolean) => one ? options : { ...options, cache: false } });
      ConnectorsModule.forRootAsync({ useFactory: (found: ConnectorsModuleOptions) => found });
      ConnectorsModule.forRootAsync({ useFactory: () => JSON.parse('{}') });
      ConnectorsModule.forRoot({ ...options, appUserRoutes: { guards: [] } }); // error
      ConnectorsModule.forRoot({ ...options, appUserRoutes: { path: 'accounts', guard: [] } }); // error
      ConnectorsModule.forRoot({ ...options, useFactory: () => options }); // error
    `);
  });
});
