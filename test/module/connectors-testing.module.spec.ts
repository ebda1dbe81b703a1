/* eslint-disable @typescript-eslint/no-deprecated -- applications that migrate call the deprecated method */
import { Controller, Get, type INestApplication, Injectable, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import {
  CONNECTORS_MODULE_OPTIONS,
  ConnectorsModule,
  ConnectorsService,
  ConnectorToken,
  getConnectorsToken,
} from 'nestjs-base44-connectors';
import { ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';

@Injectable()
class SlackService {
  constructor(readonly connectors: ConnectorsService) {}
}

@Controller()
class TokenController {
  @Get()
  token(@ConnectorToken('slack') token: string) {
    return token;
  }
}

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true }),
    ConnectorsModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        appId: config.getOrThrow<string>('BASE44_APP_ID_THAT_TESTS_DO_NOT_HAVE'),
        serviceToken: config.getOrThrow<string>('BASE44_SERVICE_TOKEN_THAT_TESTS_DO_NOT_HAVE'),
      }),
    }),
  ],
  controllers: [TokenController],
  providers: [SlackService],
})
class AppModule {}

describe('ConnectorsTestingModule', () => {
  let app: INestApplication;

  afterEach(() => app.close());

  it("replaces an application's ConnectorsModule, with fixed tokens and without network", async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(CONNECTORS_MODULE_OPTIONS)
      .useValue(ConnectorsTestingModule.options({ tokens: { slack: 'xoxb-test' } }))
      .compile();
    app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    const response = await fetch(await app.getUrl());
    await expect(response.text()).resolves.toBe('xoxb-test');
    await expect(app.get(SlackService).connectors.getAccessToken('slack')).resolves.toEqual({
      access_token: 'xoxb-test',
      integration_type: 'slack',
      connection_config: null,
    });
  });

  const boot = async (options: Parameters<typeof ConnectorsTestingModule.forRoot>[0]) => {
    const module = await Test.createTestingModule({
      imports: [ConnectorsTestingModule.forRoot(options)],
    }).compile();
    app = await module.createNestApplication().init();
    return app;
  };

  it('provides everything that a module of an application needs', async () => {
    @Module({ controllers: [TokenController], providers: [SlackService] })
    class SlackModule {}
    const module = await Test.createTestingModule({
      imports: [SlackModule, ConnectorsTestingModule.withTokens({ slack: 'xoxb-test' })],
    }).compile();
    app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    const response = await fetch(await app.getUrl());
    await expect(response.text()).resolves.toBe('xoxb-test');
  });

  it('has only the configured connections', async () => {
    const connectors = (await boot({ tokens: { slack: 'xoxb-test' } })).get(ConnectorsService);
    await expect(connectors.getAccessToken('github')).rejects.toMatchObject({
      code: 'CONNECTOR_NOT_CONNECTED',
    });
    await expect(connectors.getAccessToken('toString')).rejects.toMatchObject({
      code: 'CONNECTOR_NOT_CONNECTED',
    });
    await expect(connectors.callApi('x', { path: '/' })).rejects.toMatchObject({
      code: 'CONNECTOR_NOT_CONNECTED',
    });
  });

  it('provides whole connections, workspace connectors and the responses of metered calls', async () => {
    const connection = { accessToken: 'sf-test', connectionConfig: { subdomain: 'acme' } };
    const answer = {
      success: true,
      phase: 'responded',
      status: 200,
      data: { ok: true },
      dataBase64: null,
      contentType: null,
      headers: {},
      creditsCharged: 0,
    } as const;
    const connectors = (
      await boot({
        tokens: { snowflake: connection },
        workspaceTokens: { ws1: 'ws-test' },
        callApi: () => answer,
      })
    ).get(ConnectorsService);
    await expect(connectors.getConnection('snowflake')).resolves.toEqual(connection);
    await expect(connectors.getWorkspaceConnection('ws1')).resolves.toMatchObject({
      accessToken: 'ws-test',
    });
    await expect(connectors.callApi('x', { path: '/' })).resolves.toEqual(answer);
  });

  it('replaces a named instance', async () => {
    const testing = await boot({ tokens: { slack: 'xoxb-crm' }, name: 'crm' });
    const connectors = testing.get<ConnectorsService>(getConnectorsToken('crm'), { strict: false });
    await expect(connectors.getAccessToken('slack')).resolves.toMatchObject({
      access_token: 'xoxb-crm',
    });
  });

  it('has connections for app users, for every signed-in user', async () => {
    const module = await Test.createTestingModule({
      imports: [ConnectorsTestingModule.forRoot({ appUserTokens: { cal1: 'ya29-test' } })],
    }).compile();
    app = module.createNestApplication();
    const connectors = app.get(ConnectorsService);
    const user = connectors.asAppUser('any');
    await expect(user.getCurrentAppUserConnection('cal1')).resolves.toMatchObject({
      accessToken: 'ya29-test',
    });
    await expect(user.getCurrentAppUserAccessToken('cal1')).resolves.toEqual({
      access_token: 'ya29-test',
      integration_type: 'cal1',
      connection_config: null,
    });
    await expect(user.getCurrentAppUserConnection('cal2')).rejects.toMatchObject({
      code: 'CONNECTOR_NOT_CONNECTED',
    });
    await expect(connectors.getCurrentAppUserConnection('cal1')).rejects.toMatchObject({
      code: 'APP_USER_REQUIRED',
    });
  });
});
