// linear.client.ts
import { LinearSdk, parseLinearError } from '@linear/sdk';

interface GraphqlResponse<Data> {
  readonly data: Data;
  readonly errors?: [];
}

// A LinearClient calls the global fetch. Its base class takes a function that sends a query.
export function createLinear(fetch: typeof globalThis.fetch) {
  return new LinearSdk(async <Data>(query: string, variables?: object): Promise<Data> => {
    const response = await fetch('https://api.linear.app/graphql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as GraphqlResponse<Data>;
    if (errors) throw parseLinearError({ response: { status: response.status, errors } });
    return data;
  });
}
