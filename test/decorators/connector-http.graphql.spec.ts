import { HttpService } from '@nestjs/axios';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Field, GraphQLModule, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { map } from 'rxjs';
import { ConnectorClient, ConnectorFetch, ConnectorHttp } from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';
import {
  type ProfileClient,
  useClient,
  useFetch,
  useHttp,
  ask,
  CALENDAR,
  describeConnectorHttp,
  type HandlerName,
  HttpHandlers,
  ProfileService,
  type StartTransport,
} from './connector-http.fixture.js';

@ObjectType()
class Answer {
  @Field(() => String)
  json!: string;
}

const answer = (value: unknown): Answer => ({ json: JSON.stringify(value) });

/** The fields of an object, which GraphQL resolves within one request. */
@ObjectType()
class Fields {
  @Field(() => Answer)
  user!: Answer;

  @Field(() => Answer)
  injected!: Answer;
}

@Resolver()
class QueriesResolver extends HttpHandlers {
  @Query(() => Answer)
  async parameter(@ConnectorHttp('acme') http: HttpService) {
    return answer(await useHttp(http));
  }

  @Query(() => Answer)
  async named(@ConnectorHttp('acme', { instance: 'crm' }) http: HttpService) {
    return answer(await useHttp(http));
  }

  @Query(() => Answer)
  async optional(@ConnectorHttp('later', { optional: true }) http: HttpService | null) {
    return answer(await useHttp(http));
  }

  @Query(() => Answer)
  async missing(@ConnectorHttp('later') http: HttpService) {
    return answer(await useHttp(http));
  }

  @Query(() => Answer)
  async fetch(@ConnectorFetch(CALENDAR) send: typeof fetch) {
    return answer(await useFetch(send));
  }

  @Query(() => Answer)
  async optionalFetch(@ConnectorFetch('later', { optional: true }) send: typeof fetch | null) {
    return answer(await useFetch(send));
  }

  @Query(() => Answer)
  async client(@ConnectorClient(CALENDAR) client: ProfileClient) {
    return answer(await useClient(client));
  }

  @Query(() => Answer)
  async optionalClient(@ConnectorClient('later', { optional: true }) client: ProfileClient | null) {
    return answer(await useClient(client));
  }

  @Query(() => Answer)
  observable(@ConnectorHttp(CALENDAR) http: HttpService) {
    return ask(http).pipe(map(answer));
  }

  @Query(() => Answer)
  injectedObservable() {
    return ask(this.profiles.calendar).pipe(map(answer));
  }

  @Query(() => Fields)
  fields() {
    return {};
  }
}

@Resolver(() => Fields)
class FieldsResolver {
  constructor(readonly profiles: ProfileService) {}

  @ResolveField(() => Answer)
  async user(@ConnectorHttp(CALENDAR) http: HttpService) {
    return answer(await useHttp(http));
  }

  @ResolveField(() => Answer)
  async injected() {
    return answer(await useHttp(this.profiles.calendar));
  }
}

/** The fields of the user belong to one object, so that GraphQL resolves them concurrently. */
const QUERIES: Partial<Record<HandlerName, string>> = {
  user: '{ fields { user { json } injected { json } } }',
  injected: '{ fields { injected { json } user { json } } }',
};

type Answers = Partial<Record<HandlerName, Answer>>;

interface GraphqlAnswer {
  readonly data: (Answers & { readonly fields?: Answers }) | null;
  readonly errors?: readonly [{ readonly message: string; readonly extensions: object }];
}

const start: StartTransport = async (imports, pipes) => {
  const module = await Test.createTestingModule({
    imports: [
      ...imports,
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        autoSchemaFile: true,
        fieldResolverEnhancers: ['guards', 'interceptors', 'filters'],
        includeStacktraceInErrorResponses: false,
      }),
    ],
    providers: [QueriesResolver, FieldsResolver, ProfileService],
  }).compile();
  const app = module.createNestApplication();
  app.useGlobalPipes(...pipes);
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    app,
    connect: async (credentials) => ({
      ask: async (handler) => {
        const query = QUERIES[handler] ?? `{ ${handler} { json } }`;
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { ...credentials, 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        });
        const { data, errors } = (await response.json()) as GraphqlAnswer;
        if (!data) throw Object.assign(new Error(errors![0].message), errors![0]);
        const { [handler]: answered } = data.fields ?? data;
        return JSON.parse(answered!.json) as unknown;
      },
    }),
  };
};

describeConnectorHttp('GraphQL on Express', {
  start,
  toClientError: ({ message, error, statusCode, retryable, connector }) =>
    expect.objectContaining({
      message,
      extensions: { code: error, statusCode, retryable, connector },
    }) as unknown,
});
