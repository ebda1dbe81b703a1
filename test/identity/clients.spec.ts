import { Controller, Get, Param } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Octokit } from '@octokit/core';
import { throttling } from '@octokit/plugin-throttling';
import { WebClient } from '@slack/web-api';
import Bottleneck from 'bottleneck';
import {
  ConnectorClient,
  type ConnectorFeature,
  ConnectorsModule,
  InjectConnectorClient,
} from 'nestjs-base44-connectors';
import { getSentToken } from '../provider-calls/provider-calls.fixture.js';
import { sleep } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { printFigure } from '../support/print-figure.js';
import { startRecordingServer } from '../support/recording-server.js';
import { scaled } from '../support/scale.js';
import { toOptions } from '../support/to-options.js';
import {
  getUserToken,
  readUserToken,
  startBase44,
  toCredentials,
} from './ambient-identity.fixture.js';

const USERS = ['ada', 'grace', 'linus', 'joan'];
const CALLS_PER_USER = scaled(50, 5);

/** Connectors of users, whose clients have queues. */
const SLACK = { appUserConnector: 'slack-of-users' };
const GITHUB = { appUserConnector: 'github-of-users' };

const ThrottledOctokit = Octokit.plugin(throttling);

/** The queue of all clients, without the default pause of a second between two `POST`. */
const write = new Bottleneck.Group({ maxConcurrent: 1 });

interface Answer {
  readonly token?: string;
}

const askSlack = async (slack: WebClient) =>
  String(((await slack.apiCall('auth.test')) as Answer).token);

const askGithub = async (github: Octokit) =>
  String(((await github.request('POST /user/repos', { name: 'x' })).data as Answer).token);

@Controller()
class ClientsController {
  constructor(
    @InjectConnectorClient('slack') private readonly slackOfApp: WebClient,
    @InjectConnectorClient('github') private readonly githubOfApp: Octokit,
    @InjectConnectorClient({ appUserConnector: 'github-per-call' })
    private readonly githubPerCall: Octokit,
  ) {}

  @Get('handler/slack')
  slack(@ConnectorClient(SLACK) slack: WebClient) {
    return askSlack(slack);
  }

  @Get('handler/github')
  github(@ConnectorClient(GITHUB) github: Octokit) {
    return askGithub(github);
  }

  @Get('injected/:sdk')
  injected(@Param('sdk') sdk: string) {
    if (sdk === 'per-call') return askGithub(this.githubPerCall);
    return sdk === 'slack' ? askSlack(this.slackOfApp) : askGithub(this.githubOfApp);
  }
}

/** Lets all users call a handler at once. Returns the tokens that the provider received, and the user's own. */
async function call(path: string): Promise<[received: string, own: string][]> {
  const { base44, users } = await startBase44(USERS);
  for (const connector of [SLACK, GITHUB, { appUserConnector: 'github-per-call' }]) {
    for (const user of users) {
      base44.connect(connector, { accessToken: getUserToken(user) }, user);
    }
  }
  for (const connector of ['slack', 'github']) {
    base44.connect(connector, { accessToken: 'token-of-the-app' });
  }
  const provider = await startRecordingServer((request, response) => {
    const answer = { ok: true, token: getSentToken(request) };
    void sleep(Math.random() * 5).then(() => {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
    });
  });
  const slack: Pick<ConnectorFeature, 'baseURL' | 'client'> = {
    baseURL: provider.url,
    client: (fetch) =>
      new WebClient(undefined, {
        ...{ slackApiUrl: `${provider.url}/`, fetch, maxRequestConcurrency: 1 },
        retryConfig: { retries: 0 },
      }),
  };
  const throttle = { write, onRateLimit: () => undefined, onSecondaryRateLimit: () => undefined };
  const github: Pick<ConnectorFeature, 'baseURL' | 'client'> = {
    baseURL: provider.url,
    client: (fetch) =>
      new ThrottledOctokit({ baseUrl: provider.url, request: { fetch }, throttle }),
  };
  const perCall = { appUserConnector: 'github-per-call' };
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot({ ...toOptions(base44), request: { appUserToken: readUserToken } }),
      ConnectorsModule.forFeature([
        { connector: SLACK, ...slack },
        { connector: GITHUB, ...github },
        { connector: 'slack', ...slack },
        { connector: 'github', ...github },
        { connector: perCall, ...github, clientIdentity: 'per-call' },
      ]),
    ],
    controllers: [ClientsController],
  }).compile();
  const app = module.createNestApplication();
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = `${await app.getUrl()}/${path}`;
  return Promise.all(
    Array.from({ length: CALLS_PER_USER }, () => users)
      .flat()
      .map(async (user) => {
        const response = await fetch(url, { headers: toCredentials(user) });
        return [await response.text(), getUserToken(user)];
      }),
  );
}

describe('Four users at once', () => {
  const report = (path: string, wrong: number, calls: number): void => {
    printFigure(
      `Node ${process.version}, ${path}: of ${calls} calls, with a wrong token`,
      `${wrong}`,
    );
  };

  it.each(['slack', 'github'])('each act as themselves with @ConnectorClient: %s', async (sdk) => {
    const calls = await call(`handler/${sdk}`);
    const wrong = calls.filter(([received, own]) => received !== own);
    report(`handler/${sdk}`, wrong.length, calls.length);
    expect(wrong).toEqual([]);
  });

  it.each(['slack', 'github'])('act as the app with @InjectConnectorClient: %s', async (sdk) => {
    const calls = await call(`injected/${sdk}`);
    const wrong = calls.filter(([received]) => received !== 'token-of-the-app');
    report(`injected/${sdk}`, wrong.length, calls.length);
    expect(wrong).toEqual([]);
  });

  it("act as each other with clientIdentity: 'per-call' and an SDK that has a queue", async () => {
    const calls = await call('injected/per-call');
    const wrong = calls.filter(([received, own]) => received !== own);
    report('injected/per-call', wrong.length, calls.length);
    expect(wrong.length).toBeGreaterThan(0);
  });
});
