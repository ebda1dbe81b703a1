import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Field, GraphQLModule, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { ConnectorsService, ConnectorToken } from 'nestjs-base44-connectors';
import { ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';

@ObjectType()
class Post {
  @Field(() => String, { nullable: true })
  link?: string;

  @Field(() => String, { nullable: true })
  title?: string;
}

@Resolver(() => Post)
class PostsResolver {
  constructor(private readonly connectors: ConnectorsService) {}

  @Query(() => Post)
  post() {
    return {};
  }

  @Query(() => Post, { nullable: true })
  draft(@ConnectorToken('slack') token: string) {
    return { title: token };
  }

  @ResolveField(() => String, { nullable: true })
  link(@ConnectorToken('slack') token: string) {
    return token;
  }

  @ResolveField(() => String, { nullable: true })
  async title() {
    return (await this.connectors.getConnection('slack')).accessToken;
  }
}

interface GraphqlResponse {
  readonly errors: readonly { readonly message: string; readonly extensions: object }[];
}

async function ask(exceptionFilter: boolean, query: string): Promise<GraphqlResponse['errors']> {
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsTestingModule.forRoot({ tokens: {}, exceptionFilter }),
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        autoSchemaFile: true,
        includeStacktraceInErrorResponses: false,
      }),
    ],
    providers: [PostsResolver],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  const response = await fetch(`${await app.getUrl()}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as GraphqlResponse).errors;
}

describe.each([
  ['with the filter', true],
  ['without the filter', false],
])('GraphQL clients find the code of an error %s', (_, exceptionFilter) => {
  it.each([
    ['a query', '{ draft { title } }'],
    ['a parameter of a resolver of a field', '{ post { link } }'],
    ['a call in a resolver of a field', '{ post { title } }'],
  ])('in %s', async (_place, query) => {
    await expect(ask(exceptionFilter, query)).resolves.toEqual([
      expect.objectContaining({
        message: expect.stringContaining("Connector 'slack' is not connected") as unknown,
        extensions: {
          code: 'CONNECTOR_NOT_CONNECTED',
          statusCode: 424,
          retryable: false,
          connector: 'slack',
        },
      }),
    ]);
  });
});
