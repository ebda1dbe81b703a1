import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { Field, GraphQLModule, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { ConnectorConnection, ConnectorToken } from 'nestjs-base44-connectors';
import { describeTransport, type HandlerName } from './connector-token.fixture.js';

@ObjectType()
class Answer {
  @Field(() => String, { nullable: true })
  json!: string;
}

const answer = (value: unknown): Answer => ({ json: JSON.stringify(value) });

@Resolver()
class HandlersResolver {
  @Query(() => Answer)
  token(@ConnectorToken('slack') token: string) {
    return answer({ token });
  }

  @Query(() => Answer)
  connection(@ConnectorConnection('slack') connection: ConnectorConnection) {
    return answer(connection);
  }

  @Query(() => Answer)
  optional(@ConnectorToken('notion', { optional: true }) token: string | null) {
    return answer({ token });
  }

  @Query(() => Answer)
  named(@ConnectorToken('slack', { instance: 'crm' }) token: string) {
    return answer({ token });
  }

  @Query(() => Answer)
  missing(@ConnectorToken('notion') token: string) {
    return answer({ token });
  }
}

@Module({ providers: [HandlersResolver] })
class HandlersModule {}

interface GraphqlAnswer {
  data: Record<HandlerName, { json: string }> | null;
  errors?: { message: string; extensions: Record<string, unknown> }[];
}

describeTransport(
  'GraphQL',
  async (imports, pipes) => {
    const module = await Test.createTestingModule({
      imports: [
        ...imports,
        HandlersModule,
        GraphQLModule.forRoot<ApolloDriverConfig>({
          driver: ApolloDriver,
          autoSchemaFile: true,
          includeStacktraceInErrorResponses: false,
        }),
      ],
    }).compile();
    const app = module.createNestApplication();
    app.useGlobalPipes(...pipes);
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    return {
      ask: async (handler) => {
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: `{ ${handler} { json } }` }),
        });
        const { data, errors } = (await response.json()) as GraphqlAnswer;
        if (data) return JSON.parse(data[handler].json) as unknown;
        throw Object.assign(new Error(errors![0]!.message), errors![0]);
      },
      close: () => app.close(),
    };
  },
  ({ message, error: code, statusCode, retryable, connector }) =>
    expect.objectContaining({
      message,
      extensions: { code, statusCode, retryable, connector },
    }),
);
