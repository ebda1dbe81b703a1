import { Agent } from 'node:https';
import { connect } from 'node:net';
import { Test } from '@nestjs/testing';
import { type ConnectorRef, ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { json } from '../provider-calls/provider-calls.fixture.js';
import { closeAfterTest } from '../support/close-after-test.js';
import {
  getHeader,
  type RecordedRequest,
  startRecordingServer,
} from '../support/recording-server.js';
import { toOptions } from '../support/to-options.js';
import type { Sdk } from './sdks.js';

const realFetch = globalThis.fetch;

/** A request that arrived at a provider. */
export interface ReceivedCall {
  readonly method: string;
  /** The address to which the SDK sent the request. */
  readonly url: string;
  readonly token: string | undefined;
  /** All headers but the token. */
  readonly headers: string;
  readonly body: string;
}

/** An application, its Base44, and the public hosts of a provider. */
export interface SdkCalls {
  readonly base44: Base44Emulator;
  readonly connectors: ConnectorsService;
  readonly received: ReceivedCall[];
  /** The tokens that the provider accepts. */
  readonly accepted: Set<string>;
  /** Connects the SDK's connector with a token that the provider accepts, and rejects all others. */
  rotate(): string;
  /** Connects to the provider for every host. `fetch` needs no agent. */
  readonly agent: Agent;
}

/** Starts a provider that all public hosts lead to. */
export async function startSdkCalls({
  connector,
  reject,
  answer,
  created = 200,
  headers,
}: Sdk): Promise<SdkCalls> {
  const accepted = new Set<string>();
  const received: ReceivedCall[] = [];
  const server = await startRecordingServer((request, response) => {
    const call = toReceivedCall(request);
    received.push(call);
    if (!accepted.has(call.token ?? '')) json(response, reject ? 200 : 401, reject ?? {});
    else json(response, call.method === 'POST' ? created : 200, answer, headers);
  });
  redirectFetch(server.url);
  const base44 = await Base44Emulator.start();
  closeAfterTest(() => base44.close());
  const module = await Test.createTestingModule({
    imports: [ConnectorsModule.forRoot({ ...toOptions(base44), cache: { negativeTtlMs: 0 } })],
  }).compile();
  closeAfterTest(() => module.close());
  let tokens = 0;
  const rotate = (): string => {
    const accessToken = `token-${(tokens += 1)}-of-a-test`;
    accepted.clear();
    accepted.add(accessToken);
    base44.connect(connector, { accessToken });
    return accessToken;
  };
  const agent = createAgentTo(server.port);
  return { base44, connectors: module.get(ConnectorsService), received, accepted, rotate, agent };
}

/** The header in which a redirected request names its address. */
const ADDRESS = 'x-test-address';

function toReceivedCall(request: RecordedRequest): ReceivedCall {
  const { method, path, body } = request;
  const others = request.headers.filter(([name]) => name.toLowerCase() !== 'authorization');
  const host = getHeader(request, 'host') ?? '';
  return {
    method,
    url: getHeader(request, ADDRESS) ?? `https://${host}${path}`,
    token: getHeader(request, 'authorization')?.replace(/^Bearer /, ''),
    headers: others.join('\n'),
    body,
  };
}

/** Lets requests of `fetch` to public hosts reach a server of this machine. */
function redirectFetch(server: string): void {
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.hostname === '127.0.0.1') return realFetch(input, init);
    const headers = new Headers(init?.headers);
    headers.set(ADDRESS, url.href);
    return realFetch(server + url.pathname + url.search, { ...init, headers });
  };
  closeAfterTest(() => {
    globalThis.fetch = realFetch;
    return Promise.resolve();
  });
}

function createAgentTo(port: number): Agent {
  const agent = new Agent();
  closeAfterTest(() => {
    agent.destroy();
    return Promise.resolve();
  });
  return Object.assign(agent, { createConnection: () => connect(port, '127.0.0.1') });
}

/** A connector for which each user has a connection. */
export const OF_USERS: ConnectorRef = { appUserConnector: 'connector-of-users' };
