import { once } from 'node:events';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import {
  Field,
  GraphQLModule,
  Mutation,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { WebSocket } from 'ws';
import { ConnectorConnection, ConnectorsModule, ConnectorToken } from 'nestjs-base44-connectors';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import {
  startBase44,
  CALENDAR,
  type Credentials,
  toCredentials,
  DeepModule,
  describeIdentity,
  Handlers,
  type HandlerName,
  type StartTransport,
  getUserToken,
  readUserToken,
} from './ambient-identity.fixture.js';

@ObjectType()
class Answer {
  @Field(() => String, { nullable: true })
  json!: string;

  @Field(() => String)
  field!: string;

  @Field(() => [String])
  deepField!: string[];
}

const answer = (value: unknown): Partial<Answer> => ({ json: JSON.stringify(value) });

@Resolver(() => Answer)
class HandlersResolver extends Handlers {
  @Query(() => Answer)
  token(@ConnectorToken(CALENDAR) token: string) {
    return answer({ token });
  }

  @Query(() => Answer)
  connection(@ConnectorConnection(CALENDAR) connection: ConnectorConnection) {
    return answer(connection);
  }

  @Query(() => Answer)
  async deep() {
    return answer({ tokens: await this.service.tokens() });
  }

  @Mutation(() => Answer)
  async change(@ConnectorToken(CALENDAR) token: string) {
    return answer([token, await this.service.token()]);
  }

  @Subscription(() => Answer)
  async *changes(@ConnectorToken(CALENDAR) token: string) {
    yield { changes: answer(token) };
  }

  @ResolveField(() => String)
  field(@ConnectorToken(CALENDAR) token: string) {
    return token;
  }

  @ResolveField(() => [String])
  deepField() {
    return this.service.tokens();
  }
}

@Module({ providers: [HandlersResolver] })
class HandlersModule {}

interface GraphqlAnswer {
  readonly data: Record<string, { readonly json: string }> | null;
  readonly errors?: readonly [{ readonly message: string; readonly extensions: object }];
}

async function send(url: string, query: string, credentials: Credentials) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...credentials, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as GraphqlAnswer;
  if (data) return data;
  throw Object.assign(new Error(errors![0].message), errors![0]);
}

/** Returns the first event of a subscription, in the protocol of `graphql-ws`. */
async function firstEvent(url: string, query: string, headers: Credentials): Promise<unknown> {
  const address = `${url.replace('http', 'ws')}/graphql`;
  const socket = new WebSocket(address, 'graphql-transport-ws', { headers });
  closeAfterTest(() => {
    socket.terminate();
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
  const [message] = (await once(socket, 'message')) as [Buffer];
  return (JSON.parse(message.toString()) as { payload: unknown }).payload;
}

/** Creates the context of a GraphQL driver from the request. */
type CreateContext = (request: object) => object;

/** The context of another driver than Nest's Apollo driver, which would put the request in `req`. */
class ForeignContext {
  constructor(members: object) {
    Object.assign(this, members);
  }

  get req(): undefined {
    return undefined;
  }

  set req(_: unknown) {
    // The Apollo driver copies contexts with their prototypes.
  }
}

const start = async (
  imports: Parameters<StartTransport>[0],
  pipes: Parameters<StartTransport>[1],
  createContext?: CreateContext,
) => {
  const module = await Test.createTestingModule({
    imports: [
      ...imports,
      HandlersModule,
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        autoSchemaFile: true,
        subscriptions: { 'graphql-ws': true },
        fieldResolverEnhancers: ['guards', 'interceptors', 'filters'],
        includeStacktraceInErrorResponses: false,
        ...(createContext && {
          context: ({ req }: { req: object }) => new ForeignContext(createContext(req)),
        }),
      }),
    ],
  }).compile();
  const app = module.createNestApplication();
  app.useGlobalPipes(...pipes);
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const ask = async (handler: HandlerName, credentials: Credentials) => {
    const { [handler]: answered } = await send(url, `{ ${handler} { json } }`, credentials);
    return JSON.parse(answered!.json) as unknown;
  };
  const connect = async (credentials: Credentials) => ({
    ask: (handler: HandlerName) => ask(handler, credentials),
  });
  return { app, url, connect };
};

describeIdentity('GraphQL on Express', {
  start,
  toClientError: ({ message, error, statusCode, retryable, connector }) =>
    expect.objectContaining({
      message,
      extensions: { code: error, statusCode, retryable, connector },
    }) as unknown,
});

describe('GraphQL on Express', () => {
  const boot = async (createContext?: CreateContext) => {
    const { base44, users } = await startBase44(['anna', 'ben']);
    const request = { appUserToken: readUserToken };
    const { url } = await start(
      [
        ConnectorsModule.forRoot({ ...toOptions(base44), request }),
        { module: DeepModule, global: true },
      ],
      [],
      createContext,
    );
    return { users, url };
  };

  it.each<[string, CreateContext]>([
    ['a request', (request) => ({ request })],
    ['a reply', (request) => ({ reply: { request } })],
    ['an extra', (request) => ({ extra: { request } })],
    ['an extra of a request', (request) => ({ request: { extra: { request } } })],
  ])('decorators find the request in %s of the context', async (_, createContext) => {
    let headers = {};
    const { users, url } = await boot(() => createContext({ headers }));
    // The context counts, although the current request is another user's.
    headers = toCredentials(users[1]!);
    const { token } = await send(url, '{ token { json } }', toCredentials(users[0]!));
    expect(JSON.parse(token!.json)).toEqual({ token: getUserToken(users[1]!) });
  });

  it('decorators use the current request when the context has none', async () => {
    const { users, url } = await boot(() => ({}));
    const { token } = await send(url, '{ token { json } }', toCredentials(users[0]!));
    expect(JSON.parse(token!.json)).toEqual({ token: getUserToken(users[0]!) });
  });

  it('a mutation, and the service below it, acts for the current user', async () => {
    const { users, url } = await boot();
    for (const user of users) {
      const data = await send(url, 'mutation { change { json } }', toCredentials(user));
      expect(JSON.parse(data.change!.json)).toEqual([getUserToken(user), getUserToken(user)]);
    }
  });

  it('field resolvers, and the services below them, act for the current user', async () => {
    const { users, url } = await boot();
    const ask = (user: (typeof users)[number]) =>
      send(url, '{ a: token { field deepField } b: deep { field } }', toCredentials(user));
    const asked = Array.from({ length: 20 }, (_, i) => users[i % 2]!);
    const answered = await Promise.all(asked.map(ask));
    expect(answered).toEqual(
      asked.map((user) => ({
        a: {
          field: getUserToken(user),
          deepField: Array.from({ length: 5 }, () => getUserToken(user)),
        },
        b: { field: getUserToken(user) },
      })),
    );
  });

  it('a subscription and its field resolvers act for the user of the handshake', async () => {
    const { users, url } = await boot();
    const query = 'subscription { changes { json field } }';
    for (const user of users) {
      const token = getUserToken(user);
      const changes = { json: JSON.stringify(token), field: token };
      const event = await firstEvent(url, query, toCredentials(user));
      expect(event).toEqual({ data: { changes } });
    }
  });

  it('each of two mutations in one request gets the response for its user', async () => {
    const { users, url } = await boot();
    const query = 'mutation { a: change { json field } b: change { json field } }';
    const data = await send(url, query, toCredentials(users[1]!));
    const token = getUserToken(users[1]!);
    const changed = { json: JSON.stringify([token, token]), field: token };
    expect(data).toEqual({ a: changed, b: changed });
  });
});
