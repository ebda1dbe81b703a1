import { inspect } from 'node:util';
import { Test } from '@nestjs/testing';
import { ConnectorsConfigurationError, ConnectorsModule } from 'nestjs-base44-connectors';
import { containsSecret } from '../support/expect-no-secret.js';
import { newSecret } from './broker.fixture.js';

const SECRET = newSecret();
const URL = 'https://my-app.base44.app/functions/connectors-broker';
const HTTPS = 'must begin with https://, or tokens cross the network unprotected';
const FUNCTION =
  "broker.url must be the URL of the broker function: https://<your app's host>/functions/connectors-broker";
const STRONG = 'broker.secret must be the value of CONNECTORS_BROKER_SECRET: 32 characters or more';
const ABSOLUTE =
  "broker.url must be the URL of the broker function: https://<your app's host>/functions/connectors-broker";
const OBJECT = 'broker must be an object with url and secret';

const broker = { url: URL, secret: SECRET };

/** Returns the problems that fail startup, and everything that an application could print of them. */
async function toldAtBoot(
  options: object,
): Promise<{ problems: readonly string[]; printed: string }> {
  const all = { appId: 'app1', ...options };
  const module = Test.createTestingModule({
    imports: [ConnectorsModule.forRootAsync({ useFactory: () => all })],
  });
  try {
    await (await module.compile()).close();
    return { problems: [], printed: '' };
  } catch (error) {
    if (!(error instanceof ConnectorsConfigurationError)) throw error;
    const printed = inspect(error, { depth: 10, showHidden: true }) + String(error.stack);
    return { problems: error.problems, printed };
  }
}

describe('The option broker', () => {
  it.each<[string, object]>([
    ['the address of the app', { broker }],
    [
      'the address below the API',
      { broker: { ...broker, url: `https://base44.app/api/apps/a/functions/connectors-broker` } },
    ],
    [
      'plain http on this machine',
      { broker: { ...broker, url: 'http://127.0.0.1:8000/functions/x' } },
    ],
    ['users of the app', { broker, request: { appUserToken: () => undefined } }],
    ['a secret of 32 characters', { broker: { ...broker, secret: 'a'.repeat(32) } }],
    ['other ways left undefined', { broker, serviceToken: undefined, client: undefined }],
  ])('may have %s', async (_, options) => {
    await expect(toldAtBoot(options)).resolves.toMatchObject({ problems: [] });
  });

  it.each<[string, object, string[]]>([
    ['no url', { broker: { secret: SECRET } }, [ABSOLUTE]],
    ['a url that is none', { broker: { ...broker, url: 'connectors-broker' } }, [ABSOLUTE]],
    ['a url that is no text', { broker: { ...broker, url: 7 } }, [ABSOLUTE]],
    ['an object as url', { broker: { ...broker, url: new globalThis.URL(URL) } }, [ABSOLUTE]],
    ['a url below the function', { broker: { ...broker, url: `${URL}/tokens` } }, [ABSOLUTE]],
    [
      'plain http',
      { broker: { ...broker, url: 'http://my-app.base44.app/functions/connectors-broker' } },
      [`broker.url ${HTTPS}`],
    ],
    [
      'plain http, permitted for Base44 alone',
      {
        allowInsecureServerUrl: true,
        broker: { ...broker, url: 'http://my-app.base44.app/functions/connectors-broker' },
      },
      [`broker.url ${HTTPS}`],
    ],
    [
      'a password in the url',
      { broker: { ...broker, url: `https://u:${SECRET}@my-app.base44.app/functions/x` } },
      ['broker.url must not contain a user name or password'],
    ],
    [
      'a query',
      { broker: { ...broker, url: `${URL}?secret=${SECRET}` } },
      ['broker.url must not have a query, a fragment or spaces'],
    ],
    [
      'the address of the app alone',
      { broker: { ...broker, url: 'https://a.base44.app' } },
      [FUNCTION],
    ],
    [
      'the address of no function',
      { broker: { ...broker, url: 'https://a.base44.app/functions/' } },
      [FUNCTION],
    ],
    ['no secret', { broker: { url: URL } }, [STRONG]],
    ['an empty secret', { broker: { url: URL, secret: '' } }, [STRONG]],
    ['a short secret', { broker: { url: URL, secret: SECRET.slice(0, 31) } }, [STRONG]],
    ['a secret that is no text', { broker: { url: URL, secret: [SECRET] } }, [STRONG]],
    ['neither', { broker: {} }, [ABSOLUTE, STRONG]],
    [
      'an unknown key',
      { broker: { ...broker, token: SECRET } },
      ['broker.token is not an option of this module'],
    ],
    ['the url alone, as a text', { broker: URL }, [OBJECT]],
    ['a list', { broker: [URL, SECRET] }, [OBJECT]],
    ['false', { broker: false }, [OBJECT]],
    [
      'a service token beside it',
      { broker, serviceToken: SECRET },
      ['serviceToken cannot be combined with broker: configure one of the two'],
    ],
    [
      'a client beside it',
      { broker, client: { getConnection: () => Promise.resolve() } },
      ['broker cannot be combined with client: configure one of the two'],
    ],
    [
      'headers of Base44 beside it',
      { broker, request: { base44Headers: true } },
      [
        'broker cannot be combined with request.base44Headers, because requests that Base44 forwards carry the service token',
      ],
    ],
  ])(
    'must not have %s, and one sentence says so without the secret',
    async (_, options, expected) => {
      const { problems, printed } = await toldAtBoot(options);
      expect(problems).toEqual(expected);
      expect(containsSecret(printed, SECRET)).toBe(false);
    },
  );
});
