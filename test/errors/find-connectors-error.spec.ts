import { ConnectorNotConnectedError, findConnectorsError } from 'nestjs-base44-connectors';

const error = new ConnectorNotConnectedError({ appId: 'app1', connector: 'slack' });

function withFields(fields: object): Error {
  return Object.assign(new Error('of an SDK'), fields);
}

/** Creates an error that has `depth` causes, of which the last one is ours. */
function nest(depth: number): Error {
  return depth === 0 ? error : new Error(`cause of ${depth}`, { cause: nest(depth - 1) });
}

function createCycle(): Error {
  const [first, second] = [withFields({}), withFields({})];
  return Object.assign(first, { cause: Object.assign(second, { cause: first, errors: [first] }) });
}

function createArrays(depth: number): unknown[] {
  return depth === 0 ? [error] : [createArrays(depth - 1)];
}

function createRevokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const throwTrap = () => {
  throw new Error('of a trap');
};
const throwingTraps = { has: throwTrap, get: throwTrap };

const failing = {
  get cause(): unknown {
    throw new Error('of a getter');
  },
};

describe('findConnectorsError', () => {
  it.each<[string, unknown]>([
    ['itself', error],
    ['its cause', new Error('x', { cause: error })],
    ['a cause of a cause', nest(9)],
    ['the last of 99 causes', nest(99)],
    ['original, as of @slack/web-api', withFields({ original: error })],
    ['error, as of gaxios', withFields({ error })],
    ['originalError, as of GraphQL', withFields({ originalError: error })],
    ['an AggregateError', new AggregateError([new Error('x'), withFields({ original: error })])],
    ['the first of very many errors', { errors: [error, ...Array<string>(1_000_000).fill('x')] }],
    ['a cycle', Object.assign(createCycle(), { error })],
    ['an object that is no Error', { error: { original: error } }],
    [
      'an object with a getter that throws',
      Object.defineProperty(failing, 'original', { value: error }),
    ],
  ])('finds the error in %s', (_, value) => {
    expect(findConnectorsError(value)).toBe(error);
  });

  it('finds the nearest error', () => {
    const nearest = new ConnectorNotConnectedError({ appId: 'app1', connector: 'github' });
    expect(findConnectorsError(withFields({ cause: nest(3), error: nearest }))).toBe(nearest);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'CONNECTOR_NOT_CONNECTED'],
    ['another error with the same code', withFields({ code: 'CONNECTOR_NOT_CONNECTED' })],
    ['a cycle', createCycle()],
    ['an error with a hundred causes', nest(100)],
    ['very many errors', { errors: Array(200_000).fill('failed') }],
    ['nested arrays without an end', { errors: createArrays(1_000) }],
    ['a revoked proxy', { cause: createRevokedProxy() }],
    ['a proxy that throws', { cause: new Proxy({}, throwingTraps) }],
  ])('finds nothing in %s', (_, value) => {
    expect(findConnectorsError(value)).toBeUndefined();
  });

  it('ends with an error whose causes have no end', () => {
    const endless = (): object => ({
      get cause() {
        return endless();
      },
      get errors() {
        return [endless(), endless()];
      },
    });
    expect(findConnectorsError(endless())).toBeUndefined();
  });
});
